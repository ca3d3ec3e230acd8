/** Characters of one line; what a program writes without ever ending a line comes in pieces of this size. */
const LONGEST_LINE = 64 * 1024;

/** The lines of a log as they come in, those of each piece together. Text after the last newline is a line too. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    const cut = lines.flatMap(shortened);
    while (rest.length > LONGEST_LINE) {
      cut.push(rest.slice(0, LONGEST_LINE));
      rest = rest.slice(LONGEST_LINE);
    }
    if (cut.length > 0) yield cut;
  }
  rest += decoder.decode();
  if (rest !== '') yield shortened(rest);
}

function shortened(line: string): readonly string[] {
  if (line.length <= LONGEST_LINE) return [line];
  return Array.from({ length: Math.ceil(line.length / LONGEST_LINE) }, (_, n) => line.slice(n * LONGEST_LINE, (n + 1) * LONGEST_LINE));
}
