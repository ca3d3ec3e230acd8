import type { Logs } from '../../schema/logs.ts';
import type { View } from '../observe/view.ts';
import { chooseContainer, type WantedContainer } from './choose-container.ts';
import { LastLines } from './last-lines.ts';
import { linesOf } from './lines.ts';
import type { LogRequest, LogSource } from './ports.ts';

/** What somebody asks of the logs of an analysis. */
export type LogQuery = WantedContainer & Omit<LogRequest, 'pod' | 'follow'>;

export interface LogDeps {
  readonly logs: LogSource;
  readonly now: () => Date;
  /** Of the lines of one answer, as JSON. @default 1 MiB: API Gateway carries 6 MiB, and wraps the answer into JSON once more */
  readonly maxLogBytes?: number;
}

const MIB = 1024 * 1024;
/** A node keeps 10 MiB of a container's log by default, and kube-apiserver passes that on in a second or two. */
const READING_MS = 25_000;

/** What the container has written so far, the newest lines first to be kept. @throws as `chooseContainer` and `LogSource.open` */
export async function readLogs({ logs, now, maxLogBytes = MIB }: LogDeps, view: View, query: LogQuery, signal: AbortSignal): Promise<Logs> {
  const target = chooseContainer(view, query);
  const since_time = secondsOf(now());
  const pieces = await logs.open({ ...query, ...target, follow: false }, AbortSignal.any([signal, AbortSignal.timeout(READING_MS)]));
  const kept = new LastLines(maxLogBytes);
  for await (const lines of linesOf(pieces)) for (const line of lines) kept.push(line);
  return { ...target, since_time, lines: [...kept.lines], truncated: kept.isTruncated };
}

export function secondsOf(date: Date): string {
  return String(Math.floor(date.getTime() / 1000));
}
