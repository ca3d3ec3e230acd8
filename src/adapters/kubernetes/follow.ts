import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ObjectChangedError } from '../../deployer/errors.ts';
import type { ObjectFollower, ObjectSink, Selection } from '../../deployer/ports.ts';
import { ClusterMisconfiguredError, UnavailableError } from '../../errors/errors.ts';
import { isJson, isKubeObject } from './answers.ts';
import { linesOf } from './lines.ts';
import { accepting, pages, selectedPath } from './pages.ts';
import { Slots } from './slots.ts';
import type { Transport } from './transport.ts';

export interface FollowOptions {
  readonly log: Logger;
  /** A watch without a sign of life for so long is opened anew; kube-apiserver sends a bookmark about once a minute. @default 90 s */
  readonly silenceMs?: number;
  /** Between two tries while the kube-apiserver is away, at first. @default 200 ms */
  readonly firstWaitMs?: number;
  /** ... and at most. @default 5 s */
  readonly longestWaitMs?: number;
  /** Until a kind that is not served, or that may not be looked at, is asked for again. @default 60 s */
  readonly notServedMs?: number;
  /** A list of which no page came for so long no longer keeps others from being listed; they begin beside it. @default 5 s */
  readonly listIdleMs?: number;
}

/** How long the kube-apiserver shall keep a watch open; it is renewed then from where it was, without a list. */
const WATCH_SECONDS = 290;

/** Lists under way at once: with more of them, pages of several kinds would be in memory together. */
const LISTS_AT_ONCE = 1;

/** ... and a list that does not come to its end, however many pages come, keeps the others waiting for so long. */
const LIST_MOST_MS = 60_000;

/** However long kube-apiserver asks to be left alone, it is asked again after so long. */
const LONGEST_ASKED_MS = 60_000;

/** The version up to which everything was told; undefined: all there is must be listed. */
interface Reached {
  version: string | undefined;
}

interface Watched {
  readonly selection: Selection;
  readonly sink: ObjectSink;
}

/** Lists and watches with the Kubernetes API: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes. */
export function kubernetesFollower(transport: Transport, namespace: string, options: FollowOptions): ObjectFollower {
  const { log, silenceMs = 90_000, firstWaitMs = 200, longestWaitMs = 5_000, notServedMs = 60_000, listIdleMs = 5_000 } = options;

  const lists = new Slots(LISTS_AT_ONCE);

  /** Tells everything there is. Gives the version to watch from; undefined when the kind is not served. */
  const listOnce = async ({ selection, sink }: Watched, signal: AbortSignal, onPage: () => void): Promise<string | undefined> => {
    const listing = sink.relist();
    let version = '';
    for await (const { items, resourceVersion } of pages(transport, selection, namespace, signal)) {
      onPage();
      listing.page(items);
      version = resourceVersion;
    }
    listing.complete(version === '' ? '0' : version);
    return version === '' ? undefined : version;
  };

  /** One kind after another. One that hangs, as with a conversion webhook that does not answer, must not keep all others from being known. */
  const listInTurn = (watched: Watched, signal: AbortSignal): Promise<string | undefined> => {
    const { kind } = watched.selection;
    const lost = () => log.warn({ kind }, 'a list of the cluster takes long; other kinds are listed meanwhile');
    const tenure = { idleMs: listIdleMs, mostMs: LIST_MOST_MS, lost };
    return lists.runFor(tenure, (goesOn) => listOnce(watched, signal, goesOn), signal);
  };

  /** Tells events, and moves `reached` along, until the watch ends in good order. @throws when it breaks, is silent, or its version has expired */
  const watchOnce = async ({ selection, sink }: Watched, reached: Reached, signal: AbortSignal, onProgress: () => void): Promise<void> => {
    const silent = new AbortController();
    const alarm = setTimeout(() => silent.abort(new Error(`no sign of life for ${silenceMs} ms`)), silenceMs);
    const query = { watch: 'true', allowWatchBookmarks: 'true', resourceVersion: reached.version, timeoutSeconds: String(WATCH_SECONDS) };
    const path = selectedPath(selection, namespace, query);
    const call = { method: 'GET', path, verb: 'watch', what: selection.kind, ...accepting(selection, 'PartialObjectMetadata') } as const;
    try {
      const response = await transport.open(call, AbortSignal.any([signal, silent.signal]));
      onProgress();
      for await (const line of linesUntil(response, silent.signal)) {
        alarm.refresh();
        reached.version = tell(sink, JSON.parse(line)) ?? reached.version;
        sink.alive();
      }
    } catch (err) {
      throw silent.signal.aborted ? silent.signal.reason : err;
    } finally {
      clearTimeout(alarm);
    }
  };

  /** @throws as soon as something does not go on by itself */
  const followFrom = async (watched: Watched, reached: Reached, signal: AbortSignal, onProgress: () => void): Promise<void> => {
    if (reached.version === undefined) {
      reached.version = await listInTurn(watched, signal);
      onProgress();
    }
    if (reached.version === undefined) return delay(notServedMs, undefined, { signal });
    while (!signal.aborted) await watchOnce(watched, reached, signal, onProgress);
  };

  const interrupted = (err: unknown, kind: string, waitMs: number, signal: AbortSignal): Promise<void> => {
    // An expired version is everyday: the list that follows settles it. And one line an outage is enough.
    const isNews = waitMs === firstWaitMs && !(err instanceof ObjectChangedError);
    log[isNews ? 'warn' : 'debug']({ err, kind }, 'watching was interrupted');
    const askedMs = err instanceof UnavailableError ? (err.retryAfterSeconds ?? 0) * 1_000 : 0;
    return pause(Math.min(askedMs, LONGEST_ASKED_MS) + waitMs * (0.5 + Math.random()), signal);
  };

  return {
    follow: async (selection, sink, signal) => {
      const reached: Reached = { version: undefined };
      let waitMs = firstWaitMs;
      const reset = () => {
        waitMs = firstWaitMs;
      };
      while (!signal.aborted) {
        try {
          await followFrom({ selection, sink }, reached, signal, reset);
        } catch (err) {
          if (signal.aborted) return;
          reached.version = versionAfter(err, reached, waitMs < longestWaitMs);
          const isDenied = tellDenied(err, sink);
          await (isDenied ? pause(notServedMs, signal) : interrupted(err, selection.kind, waitMs, signal));
          waitMs = Math.min(waitMs * 2, longestWaitMs);
        }
      }
    },
  };
}

/**
 * Where to go on. A kube-apiserver that broke off, or has too much to do, is not asked for everything again: it says itself when a version has expired.
 * Only where watches go on failing, and nobody says for how long, lists take their place.
 */
function versionAfter(err: unknown, { version }: Reached, isPatient: boolean): string | undefined {
  if (!(err instanceof UnavailableError)) return undefined;
  return isPatient || err.retryAfterSeconds !== undefined ? version : undefined;
}

/** Whether the deployer may not look, and whoever wants to know can do without. */
function tellDenied(err: unknown, sink: ObjectSink): boolean {
  if (!(err instanceof ClusterMisconfiguredError) || sink.denied === undefined) return false;
  sink.denied();
  return true;
}

/** Ends early when nobody follows any more. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {}); // which is what the abort of a delay is for
}

/** The lines of an answer. @throws UnavailableError when the connection breaks: what was told stands, and the rest can be asked for */
async function* linesUntil(response: Response, silent: AbortSignal): AsyncGenerator<string> {
  try {
    yield* linesOf(response.body ?? emptyBody());
  } catch (err) {
    throw silent.aborted ? silent.reason : new UnavailableError('the watch broke off', { cause: err });
  }
}

/** Tells one event, and gives the version that it brings. @throws ObjectChangedError when the version watched from has expired */
function tell(sink: ObjectSink, event: unknown): string | undefined {
  if (!isJson(event)) throw new Error('the kube-apiserver sent something that is no watch event');
  const { type, object } = event;
  if (type === 'ERROR') throw new ObjectChangedError(`the watch ended: ${isJson(object) ? String(object['message']) : 'without a reason'}`);
  if (type === 'BOOKMARK') return versionIn(object);
  if (!isKubeObject(object)) throw new Error('the kube-apiserver sent an event without an object');
  if (type === 'DELETED') sink.gone(object);
  else sink.changed(object);
  return versionIn(object);
}

/** A bookmark's object has no name, only a version. */
function versionIn(object: unknown): string | undefined {
  const metadata = isJson(object) && isJson(object['metadata']) ? object['metadata'] : {};
  const version = metadata['resourceVersion'];
  return typeof version === 'string' ? version : undefined;
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}
