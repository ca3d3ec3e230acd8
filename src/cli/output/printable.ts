/** What a terminal obeys, or shows as something that it is not: control characters, marks that turn the direction of text, invisible ones. */
const OBEYED = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
/** Newlines and the colours of `toned`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED_BUT_OURS = /\u001b\[(?:2|22|31|32|33|39)m|[\p{Cc}\p{Cf}\u2028\u2029]/gu;
/** Every colour and weight (SGR), which programs write into their logs, and tabs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED_BUT_COLOURS = /\u001b\[[0-9;:]{0,40}m|[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** One piece of text that comes from elsewhere, with what a terminal would obey written as `\u001b`. */
export function printable(text: string): string {
  return text.replace(OBEYED, escaped);
}

/** A page of our own making, with newlines and colours, in which text of others may stand: nothing else of it is obeyed. */
export function printablePage(text: string): string {
  return text.replace(OBEYED_BUT_OURS, (part) => (part === '\n' || part.startsWith('\u001b[') ? part : escaped(part)));
}

/** A line of the log of a program, which may have colours: they end with the line. */
export function printableLogLine(line: string): string {
  let isColored = false;
  const shown = line.replace(/\r$/, '').replace(OBEYED_BUT_COLOURS, (part) => {
    isColored ||= part.startsWith('\u001b[');
    return part === '\t' || part.startsWith('\u001b[') ? part : escaped(part);
  });
  return isColored ? `${shown}\u001b[0m` : shown;
}

/** A document in JSON, or YAML whose strings with such characters are in double quotes: it reads as the same, and a terminal obeys nothing of it. */
export function printableDocument(text: string): string {
  return text.replace(OBEYED, (part) => (part === '\n' || part === '\t' ? part : escaped(part)));
}

export function isPrintable(text: string): boolean {
  return text.search(OBEYED) === -1;
}

/** As JSON and YAML write it, so that those of more than 16 bits are a pair. */
function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}
