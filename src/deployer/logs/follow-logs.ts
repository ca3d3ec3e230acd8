import { setTimeout as delay } from 'node:timers/promises';
import { UnavailableError } from '../../errors/errors.ts';
import { ViceError } from '../../errors/vice-error.ts';
import type { LogRecord } from '../../schema/logs.ts';
import type { Observer } from '../observe/observer.ts';
import type { View } from '../observe/view.ts';
import { chooseContainer } from './choose-container.ts';
import { linesOf } from './lines.ts';
import { type LogDeps, type LogQuery, secondsOf } from './read-logs.ts';

export interface FollowDeps extends LogDeps {
  readonly observer: Pick<Observer, 'untilPodGone'>;
  /** How long nothing may be told. @default 5 s: proxies on the way end a silent connection after 30 s or 60 s */
  readonly heartbeatMs?: number;
  /** How long to wait for a refusal before the answer begins. @default 1 s */
  readonly openingMs?: number;
  /** How long one request may last: a node that has died looks like one that has nothing to say. @default 1 h */
  readonly longestMs?: number;
  /** How long the log of a pod that is gone may still tell. @default 2 s: the last lines may be on their way when the watch says so */
  readonly lastWordsMs?: number;
}

const HOUR_MS = 60 * 60_000;

/** Who reads along. */
export interface Reader {
  /** Aborts when the reader is gone: the cluster is told to stop. */
  readonly signal: AbortSignal;
  /** Aborts when the deployer is about to end. */
  readonly ending: AbortSignal;
}

/**
 * The log of a container, as it is written. It resolves when the cluster has begun to tell, or has not refused for a second: a node says nothing at
 * all, not even that it will, until there is a first line. Whoever gets the records reads them to the end or aborts `signal`; `onEnd` is called once
 * when either has happened, or when this throws. It ends when its pod is gone, also where a node or the kube-apiserver keeps the request open.
 * @throws as `chooseContainer` and `LogSource.open`
 */
export async function followLogs(
  deps: FollowDeps,
  view: View,
  query: LogQuery,
  reader: Reader,
  onEnd: () => void,
): Promise<AsyncIterable<readonly LogRecord[]>> {
  const left = new AbortController();
  const tooLong = () => left.abort(new UnavailableError('the log was followed for as long as one request may last; ask again'));
  const longestMs = deps.longestMs ?? HOUR_MS;
  const limit = setTimeout(tooLong, longestMs);
  const leave = () => left.abort();
  left.signal.addEventListener(
    'abort',
    () => {
      clearTimeout(limit);
      onEnd();
    },
    { once: true },
  );
  reader.signal.addEventListener('abort', leave, { once: true });
  if (reader.signal.aborted) leave();
  try {
    const target = chooseContainer(view, query);
    const since_time = secondsOf(deps.now());
    const opening = deps.logs.open({ ...query, ...target, follow: true }, left.signal);
    await begun(opening, deps.openingMs ?? 1_000);
    const gone = new AbortController();
    const untilGone = async () => {
      if (!(await deps.observer.untilPodGone(view.external_id, target.pod, longestMs, left.signal))) return;
      await delay(deps.lastWordsMs ?? 2_000, undefined, { signal: left.signal }).catch(() => {}); // it has ended by itself
      gone.abort();
    };
    void untilGone();
    const ends = { gone: gone.signal, deployerEnding: reader.ending };
    return records({ ...target, since_time }, linesOf(opened(opening)), deps, ends, leave);
  } catch (err) {
    leave();
    throw err;
  }
}

/** @throws as `opening`, when it does so in time */
async function begun(opening: Promise<unknown>, ms: number): Promise<void> {
  const settled = new AbortController();
  const patience = delay(ms, undefined, { signal: settled.signal }).catch(() => {}); // no longer needed
  await Promise.race([opening, patience]).finally(() => settled.abort());
}

async function* opened(opening: Promise<AsyncIterable<Uint8Array>>): AsyncGenerator<Uint8Array> {
  yield* await opening;
}

async function* records(
  head: LogRecord,
  lines: AsyncIterator<readonly string[]>,
  { heartbeatMs = 5_000, now }: FollowDeps,
  ends: Ends,
  leave: () => void,
): AsyncGenerator<readonly LogRecord[]> {
  try {
    yield [head];
    for (let next = outcomeOf(lines.next()); ; ) {
      const outcome = await first(next, heartbeatMs, ends);
      if (outcome === 'quiet') yield [{ heartbeat: now().toISOString() }];
      else if ('lines' in outcome) {
        yield outcome.lines.map((line) => ({ line }));
        next = outcomeOf(lines.next());
      } else {
        yield [outcome];
        return;
      }
    }
  } finally {
    leave();
  }
}

type Outcome = { readonly lines: readonly string[] } | Extract<LogRecord, { end: unknown }>;

async function outcomeOf(next: Promise<IteratorResult<readonly string[]>>): Promise<Outcome> {
  try {
    const { done, value } = await next;
    return done ? { end: 'ended' } : { lines: value };
  } catch (err) {
    // The answer has begun, so what went wrong is told in it.
    return { end: 'interrupted', ...(err instanceof ViceError && { message: err.message }) };
  }
}

/** What ends the records although the log goes on. */
interface Ends {
  readonly gone: AbortSignal;
  readonly deployerEnding: AbortSignal;
}

/** What comes first: news, the end of the pod or of the deployer, or a silence. */
async function first(next: Promise<Outcome>, quietMs: number, { gone, deployerEnding }: Ends): Promise<Outcome | 'quiet'> {
  const settled = new AbortController();
  const either = AbortSignal.any([settled.signal, gone, deployerEnding]);
  const quiet = delay(quietMs, 'quiet' as const, { signal: either }).catch((): Outcome => ({ end: gone.aborted ? 'ended' : 'deployer_ending' }));
  try {
    return await Promise.race([next, quiet]);
  } finally {
    settled.abort();
  }
}
