import { setTimeout as delay } from 'node:timers/promises';
import { ViceError } from '../../errors/vice-error.ts';
import type { LogRecord } from '../../schema/logs.ts';
import { printable, printableDocument } from '../output/printable.ts';

/** Where reading goes on after an interruption. */
export type Resumed = Readonly<Record<string, string | undefined>>;

export interface Following {
  readonly timestamps: boolean;
  readonly output: 'table' | 'json' | 'yaml';
  /** How a line is written for people. */
  readonly shown: (line: string) => string;
  /** Told once when nothing comes and it is asked again. */
  readonly waiting: (trouble: string) => void;
  readonly signal: AbortSignal;
}

/** So often in a row nothing may come of asking again. */
const MOST_FAILURES = 30;
const PAUSE_MS = 1_000;
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z ([\s\S]*)$/;

/** What came of one reading. */
interface Outcome {
  isEnded: boolean;
  lines: number;
  trouble?: string;
}

/** What was read of a log so far. */
interface Progress {
  /** Time of the last line, `''` before the first. */
  time: string;
  /** When the first reading began, in whole seconds. */
  began?: string;
}

/**
 * Writes lines as they come. After an interruption it asks again for what came since the last line, and writes none twice: lines are asked for with their
 * times, by which they are known again. Exit code 1 when it breaks for good.
 */
export async function follow(open: (resumed: Resumed) => AsyncIterable<LogRecord>, following: Following): Promise<number> {
  const { signal } = following;
  const progress: Progress = { time: '' };
  let trouble = '';
  for (let failures = 0; failures < MOST_FAILURES && !signal.aborted; failures++) {
    const outcome = await readOnce(open(resumedAt(progress)), progress, following);
    if (outcome.isEnded) return 0;
    if (outcome.lines > 0) failures = 0;
    trouble = outcome.trouble ?? 'it ended without an end';
    if (outcome.lines === 0 && failures === 1) following.waiting(trouble);
    await delay(PAUSE_MS, undefined, { signal }).catch(() => {}); // the loop sees that it was interrupted
  }
  if (signal.aborted) return 0;
  process.stderr.write(`vice: the log broke off, and asking again did not help: ${printable(trouble)}\n`);
  return 1;
}

function resumedAt({ time, began }: Progress): Resumed {
  const sinceTime = time === '' ? began : String(Date.parse(`${time.slice(0, 19)}Z`) / 1_000);
  // Neither `since` nor `tail-lines` belongs to what comes after the first reading.
  return { timestamps: 'true', ...(sinceTime !== undefined && { 'since-time': sinceTime, since: undefined, 'tail-lines': undefined }) };
}

async function readOnce(records: AsyncIterable<LogRecord>, progress: Progress, following: Following): Promise<Outcome> {
  const outcome: Outcome = { isEnded: false, lines: 0 };
  try {
    for await (const record of records) take(record, outcome, progress, following);
  } catch (err) {
    // It ended while nobody was told: there is nothing to go on with.
    if (err instanceof ViceError && err.status === 404 && progress.began !== undefined) return { ...outcome, isEnded: true };
    // What is refused for good would be refused again.
    if (!following.signal.aborted && !(err instanceof ViceError && err.retryable)) throw err;
    outcome.trouble = err instanceof Error ? err.message : 'interrupted';
  }
  return outcome;
}

function take(record: LogRecord, outcome: Outcome, progress: Progress, following: Following): void {
  if ('since_time' in record) progress.began ??= record.since_time;
  if ('line' in record) {
    outcome.lines++;
    if (isNew(record.line, progress)) write(record.line, following);
  }
  if ('end' in record) {
    outcome.isEnded = record.end === 'ended';
    outcome.trouble = record.message ?? record.end;
  }
}

/** Times of one length, so that text compares as time. */
function isNew(line: string, seen: Progress): boolean {
  const [, second, fraction = ''] = STAMPED.exec(line) ?? [];
  if (second === undefined) return true;
  const time = `${second}.${fraction.padEnd(9, '0')}`;
  if (time <= seen.time) return false;
  seen.time = time;
  return true;
}

function write(line: string, { timestamps, output, shown }: Following): void {
  const text = timestamps ? line : (STAMPED.exec(line)?.[3] ?? line);
  process.stdout.write(output === 'table' ? `${shown(text)}\n` : printableDocument(`${JSON.stringify({ line: text })}\n`));
}
