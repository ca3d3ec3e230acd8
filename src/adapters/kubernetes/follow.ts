import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ObjectChangedError } from '../../deployer/errors.ts';
import type { ObjectFollower, ObjectSink, Selection } from '../../deployer/ports.ts';
import { ClusterMisconfiguredError } from '../../errors/errors.ts';
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
}

/** How long the kube-apiserver shall keep a watch open; it is renewed then from where it was, without a list. */
const WATCH_SECONDS = 290;

/** Lists under way at once: with one for each kind, pages of all kinds would be in memory together. */
const LISTS_AT_ONCE = 2;

interface Watched {
  readonly selection: Selection;
  readonly sink: ObjectSink;
}

/** Lists and watches with the Kubernetes API: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes. */
export function kubernetesFollower(transport: Transport, namespace: string, options: FollowOptions): ObjectFollower {
  const { log, silenceMs = 90_000, firstWaitMs = 200, longestWaitMs = 5_000, notServedMs = 60_000 } = options;

  const lists = new Slots(LISTS_AT_ONCE);

  /** Tells everything there is. Gives the version to watch from; undefined when the kind is not served. */
  const listOnce = async ({ selection, sink }: Watched, signal: AbortSignal): Promise<string | undefined> => {
    const listing = sink.relist();
    let version = '';
    for await (const { items, resourceVersion } of pages(transport, selection, namespace, signal)) {
      listing.page(items);
      version = resourceVersion;
    }
    listing.complete(version === '' ? '0' : version);
    return version === '' ? undefined : version;
  };

  /** Tells events until the watch ends in good order; gives the version reached. @throws when it breaks, is silent, or its version has expired */
  const watchOnce = async ({ selection, sink }: Watched, from: string, signal: AbortSignal): Promise<string> => {
    const silent = new AbortController();
    const alarm = setTimeout(() => silent.abort(new Error(`no sign of life for ${silenceMs} ms`)), silenceMs);
    const query = { watch: 'true', allowWatchBookmarks: 'true', resourceVersion: from, timeoutSeconds: String(WATCH_SECONDS) };
    const path = selectedPath(selection, namespace, query);
    const call = { method: 'GET', path, verb: 'watch', what: selection.kind, ...accepting(selection, 'PartialObjectMetadata') } as const;
    try {
      const response = await transport.open(call, AbortSignal.any([signal, silent.signal]));
      let version = from;
      for await (const line of linesOf(response.body ?? emptyBody())) {
        alarm.refresh();
        version = tell(sink, JSON.parse(line)) ?? version;
        sink.alive();
      }
      return version;
    } finally {
      clearTimeout(alarm);
    }
  };

  const followFrom = async (watched: Watched, signal: AbortSignal, onProgress: () => void): Promise<void> => {
    let version = await lists.run(() => listOnce(watched, signal), signal);
    onProgress();
    if (version === undefined) return delay(notServedMs, undefined, { signal });
    while (!signal.aborted) version = await watchOnce(watched, version, signal);
  };

  const interrupted = (err: unknown, kind: string, waitMs: number, signal: AbortSignal): Promise<void> => {
    // An expired version is everyday: the list that follows settles it. And one line an outage is enough.
    const isNews = waitMs === firstWaitMs && !(err instanceof ObjectChangedError);
    log[isNews ? 'warn' : 'debug']({ err, kind }, 'watching was interrupted');
    return pause(waitMs * (0.5 + Math.random()), signal);
  };

  return {
    follow: async (selection, sink, signal) => {
      let waitMs = firstWaitMs;
      const reset = () => {
        waitMs = firstWaitMs;
      };
      while (!signal.aborted) {
        try {
          await followFrom({ selection, sink }, signal, reset);
        } catch (err) {
          if (signal.aborted) return;
          const isDenied = tellDenied(err, sink);
          await (isDenied ? pause(notServedMs, signal) : interrupted(err, selection.kind, waitMs, signal));
          waitMs = Math.min(waitMs * 2, longestWaitMs);
        }
      }
    },
  };
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
