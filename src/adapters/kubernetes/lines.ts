/** A line longer than this is no event of Kubernetes, whose objects are at most 1.5 MiB in etcd. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** The lines of a body as they come in. The last one counts only when a newline ends it: a cut connection leaves half an event. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      if (end > start) yield rest.slice(start, end);
      start = end + 1;
    }
    rest = rest.slice(start);
    if (rest.length > LONGEST_LINE) throw new Error(`a line of a watch is longer than ${LONGEST_LINE} characters`);
  }
}
