import { apiVersionOf, type Kind, type Stored } from './kinds.ts';
import type { Change, ObjectStore } from './object-store.ts';
import type { Matches } from './selector.ts';
import { expired, type StatusError } from './status-error.ts';

export interface WatchOptions {
  readonly kind: Kind;
  /** Everywhere when left out. */
  readonly namespace?: string;
  readonly matches: Matches;
  /** 0: begin with everything there is. */
  readonly revision: number;
  readonly bookmarks: boolean;
}

const BOOKMARK_EVERY_MS = 5000;

/** The events of a watch, one JSON document a line, until the client goes or `signal` aborts. */
export function watchStream(store: ObjectStore, options: WatchOptions, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let end = () => {};
  return new ReadableStream({
    start: (controller) => {
      const send = (type: string, object: unknown) => controller.enqueue(encoder.encode(`${JSON.stringify({ type, object })}\n`));
      const tell = (change: Change) => {
        const type = eventType(change, options);
        if (type !== undefined) send(type, change.object);
      };
      const bookmark = () => send('BOOKMARK', bookmarkOf(options.kind, store.revision));
      const failure = sendPast(store, options, tell, send);
      if (failure) {
        send('ERROR', failure.body());
        controller.close();
        return;
      }
      // The server sends its head with the first bytes of the body only, and a client waits for the head: something must come at once.
      if (options.bookmarks) bookmark();
      else controller.enqueue(encoder.encode('\n'));
      const unsubscribe = store.onChange(tell);
      const timer = options.bookmarks ? setInterval(bookmark, BOOKMARK_EVERY_MS) : undefined;
      end = () => {
        unsubscribe();
        clearInterval(timer);
        signal.removeEventListener('abort', close);
      };
      const close = () => {
        end();
        controller.close();
      };
      signal.addEventListener('abort', close);
    },
    cancel: () => end(),
  });
}

/** What happened between the revision that the client knows and now. */
function sendPast(
  store: ObjectStore,
  options: WatchOptions,
  tell: (change: Change) => void,
  send: (type: string, object: unknown) => void,
): StatusError | undefined {
  if (options.revision === 0) {
    for (const object of store.list(options.kind, options.namespace)) if (options.matches(object)) send('ADDED', object);
    return undefined;
  }
  const past = store.since(options.revision);
  if (past === undefined) return expired(options.revision, store.revision);
  for (const change of past) tell(change);
  return undefined;
}

/** To a watch that selects, an object that stops matching is deleted, and one that begins to is added. */
function eventType(change: Change, { kind, namespace, matches }: WatchOptions): Change['type'] | undefined {
  const { object, before, type } = change;
  if (object.kind !== kind || (namespace !== undefined && (object.metadata.namespace ?? '') !== namespace)) return undefined;
  const was = before !== undefined && matches(before);
  const is = type !== 'DELETED' && matches(object);
  if (was && is) return 'MODIFIED';
  if (is) return 'ADDED';
  return was ? 'DELETED' : undefined;
}

function bookmarkOf(kind: Kind, revision: number): object {
  return { apiVersion: apiVersionOf(kind), kind, metadata: { resourceVersion: String(revision), creationTimestamp: null } };
}

/** The answer to a list. */
export function listOf(kind: Kind, objects: readonly Stored[], revision: number): object {
  return { apiVersion: apiVersionOf(kind), kind: `${kind}List`, metadata: { resourceVersion: String(revision) }, items: objects };
}
