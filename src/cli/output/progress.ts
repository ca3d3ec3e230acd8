import { span } from './moments.ts';
import { printable } from './printable.ts';
import type { Screen } from './screen.ts';

/** One line on a terminal that says how far something is; where nobody watches, nothing. */
export interface Progress {
  say(text: string): void;
  /** Takes the line away. */
  end(): void;
}

export function progress({ isWatched }: Pick<Screen, 'isWatched'>): Progress {
  const started = Date.now();
  const write = (text: string) => void (isWatched && process.stderr.write(`\r\u001b[K${printable(text)}`));
  return { say: (text) => write(`${text} (${span(Date.now() - started)}) `), end: () => write('') };
}
