/** Whoever tells the story of the demo, line by line. */
export interface Narrator {
  /** One line that stands before everything. */
  title(text: string): void;
  /** What just happened, with the time since the start. `more` are further lines, under the first. */
  step(what: string, text: string, ...more: readonly string[]): void;
  /** A heading with lines to read or to copy. */
  section(title: string, ...lines: readonly string[]): void;
  failure(text: string, ...more: readonly string[]): void;
}

export interface NarratorOptions {
  readonly write: (text: string) => void;
  readonly isColoured: boolean;
  /** Milliseconds since any fixed moment. */
  readonly now: () => number;
}

const TIME = 7;
const WHAT = 13;

export function createNarrator({ write, isColoured, now }: NarratorOptions): Narrator {
  const start = now();
  const paint = (code: number) => (text: string) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);
  const [bold, dim, red, cyan] = [paint(1), paint(2), paint(31), paint(36)];
  const time = () => `${((now() - start) / 1000).toFixed(1)} s`.padStart(TIME);
  const indent = ' '.repeat(TIME + 2 + WHAT);
  let isAfterSection = false;
  const line = (painted: string, text: string, more: readonly string[]) => {
    write(`${isAfterSection ? '\n' : ''}${dim(time())}  ${painted}${text}\n`);
    for (const other of more) write(`${indent}${dim(other)}\n`);
    isAfterSection = false;
  };
  return {
    title: (text) => write(`\n  ${bold(text)}\n\n`),
    step: (what, text, ...more) => line(cyan(what.padEnd(WHAT)), text, more),
    section: (title, ...lines) => {
      write(`\n  ${bold(title)}\n`);
      for (const text of lines) write(`    ${text}\n`);
      isAfterSection = true;
    },
    failure: (text, ...more) => line(red('failed'.padEnd(WHAT)), text, more),
  };
}

/** Colours are for people who look at a terminal and did not ask for none (https://no-color.org). */
export function isColourWanted(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  return isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
