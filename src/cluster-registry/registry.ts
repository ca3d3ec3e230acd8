import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { ClusterId } from '../schema/ids.ts';
import { type EntryDeps, entryOf } from './entry.ts';
import type { ClusterChanges, ClusterEntry, ClusterRow, ClusterStore } from './ports.ts';

/** The registered clusters as of the last time that the database could be read. */
export interface ClusterRegistry {
  /** Frozen, ordered by priority and name, and swapped as a whole. Waits for nothing. */
  snapshot(): readonly ClusterEntry[];
  find(id: ClusterId): ClusterEntry | undefined;
  /** False until the first snapshot was read: an empty one means nothing before. */
  isLoaded(): boolean;
  /** Resolves once a snapshot stands that was read after the call. @throws UnavailableError; then the one before stays */
  reload(): Promise<void>;
  /** Reads the first snapshot, then keeps it fresh by timer and by what the database tells. @throws UnavailableError when there is none to begin with */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface RegistryDeps extends EntryDeps {
  readonly store: Pick<ClusterStore, 'list'>;
  /** Absent: the timer alone brings changes. */
  readonly changes?: ClusterChanges;
  readonly reloadMs: number;
  readonly log: Logger;
}

export function clusterRegistry({ store, changes, reloadMs, log, ...rules }: RegistryDeps): ClusterRegistry {
  const ending = new AbortController();
  let entries: readonly ClusterEntry[] = Object.freeze([]);
  let byId: ReadonlyMap<ClusterId, ClusterEntry> = new Map();
  let readRows: ReadonlyMap<ClusterId, ClusterRow> = new Map();
  let reading: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let isLoaded = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unwatch: (() => void) | undefined;

  // Keys are decrypted and documents are checked when they have changed: with a thousand clusters that takes long enough for launches to notice. What lies in
  // files may change without its row.
  const isAsRead = (row: ClusterRow) => rules.certificates.files === undefined && isDeepStrictEqual(row, readRows.get(row.id));

  const read = async () => {
    const rows = await store.list(ending.signal);
    const fresh = rows.map((row) => {
      const known = byId.get(row.id);
      return known !== undefined && isAsRead(row) ? known : entryOf(row, known, rules);
    });
    readRows = new Map(rows.map((row) => [row.id, row]));
    for (const entry of fresh) tellFault(entry, byId.get(entry.id), log);
    // A disabled cluster is still somebody's home, so the snapshot has them all.
    entries = Object.freeze(fresh.sort((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1)));
    byId = new Map(entries.map((entry) => [entry.id, entry]));
    isLoaded = true;
  };

  /** However many ask while one reads: one more reads for all of them, because what is being read may be older than their question. */
  const reload = (): Promise<void> => {
    next ??= reading
      .catch(() => undefined)
      .then(() => {
        reading = read();
        next = undefined;
        return reading;
      });
    return next;
  };

  const reloadQuietly = () => {
    reload().catch((err: unknown) => {
      if (!ending.signal.aborted) log.warn({ err }, 'the clusters could not be read; the last snapshot stays');
    });
  };

  const tick = () => {
    timer = setTimeout(() => {
      reloadQuietly();
      tick();
    }, reloadMs);
    timer.unref();
  };

  return {
    snapshot: () => entries,
    find: (id) => byId.get(id),
    isLoaded: () => isLoaded,
    reload,
    async start() {
      await reload();
      tick();
      unwatch = rules.certificates.files?.onChange(reloadQuietly);
      changes?.listen(reloadQuietly).catch((err: unknown) => log.warn({ err }, 'changes of the clusters are seen by the timer alone for now'));
    },
    async stop() {
      clearTimeout(timer);
      unwatch?.();
      ending.abort();
      await changes?.stop();
      await reading.catch(() => undefined);
    },
  };
}

/** Once for each state of the row, not at each reading. */
function tellFault(entry: ClusterEntry, known: ClusterEntry | undefined, log: Logger): void {
  if (entry.fault !== undefined && entry !== known) {
    log.error({ cluster: entry.name, cluster_id: entry.id, fault: entry.fault }, 'a cluster keeps its last good state');
  }
}
