import { styleText } from 'node:util';
import type { Environment } from '../../config/read.ts';

/** What standard output and standard error lead to. */
export interface Screen {
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Columns of a terminal; a pipe has no end. */
  readonly width: number;
  /** On a terminal, unless NO_COLOR (https://no-color.org) or a terminal that has none. */
  readonly isColored: boolean;
  /** Whether somebody sits before it who can be told how far something is. */
  readonly isWatched: boolean;
  /** Whether somebody can be asked. */
  readonly canAsk: boolean;
}

export function screenOf(env: Environment): Screen {
  const { stdin, stdout, stderr } = process;
  const isPlain = Boolean(env['NO_COLOR']) || env['TERM'] === 'dumb';
  return {
    isTerminal: stdout.isTTY,
    width: stdout.isTTY ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    isColored: stdout.isTTY && !isPlain,
    isWatched: stderr.isTTY && env['TERM'] !== 'dumb',
    canAsk: stdin.isTTY && stderr.isTTY,
  };
}

export type Tone = 'good' | 'bad' | 'warning' | 'quiet' | 'plain';

const FORMATS = { good: 'green', bad: 'red', warning: 'yellow', quiet: 'dim', plain: 'reset' } as const;

export function toned(text: string, tone: Tone, { isColored }: Pick<Screen, 'isColored'>): string {
  return isColored && tone !== 'plain' ? styleText(FORMATS[tone], text, { validateStream: false }) : text;
}
