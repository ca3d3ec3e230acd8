import type { Onlooker } from '../../conformance/run-suite.ts';

const FALLBACK_WIDTH = 80;
const CLEAR_LINE = '\r\u001b[K';

/** One line of a terminal that says which case is tried; silent where nobody looks. `end` takes the line away. */
export function progressOn(stream: NodeJS.WriteStream): Onlooker & { end(): void } {
  const say = (text: string) => {
    if (stream.isTTY) stream.write(CLEAR_LINE + text.slice(0, (stream.columns || FALLBACK_WIDTH) - 1));
  };
  return {
    begins: ({ group, name }, nth, of) => say(`${nth}/${of}  ${group}: ${name}`),
    removes: () => say('removing what the cases left'),
    end: () => say(''),
  };
}
