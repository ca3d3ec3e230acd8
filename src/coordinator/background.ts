import type { Logger } from 'pino';
import { BEAT_EVERY_MS, type LeaseKeeper } from './lease-keeper.ts';
import type { Patience } from './patience.ts';
import type { AssignmentStore, Clusters, RemovalStore } from './ports.ts';
import { RemovalWorker } from './removal-worker.ts';
import { repeat } from './repeat.ts';

export interface BackgroundDeps {
  readonly store: AssignmentStore;
  /** What is left in clusters that were forgotten. */
  readonly tombstones: RemovalStore;
  readonly leases: LeaseKeeper;
  readonly clusters: Clusters;
  readonly patience: Patience;
  readonly log: Logger;
}

export interface Background {
  wakeRemovals(): void;
  /** Call it after the last launch has ended: until then the leases are kept alive. */
  stop(): Promise<void>;
}

const REMOVALS_EVERY_MS = 500;
const ABANDONED_EVERY_MS = 1_000;
const JOBS_EVERY_MS = 1_000;
const TOMBSTONES_EVERY_MS = 2_000;

/** A `jobs` row that is not there an hour after the launch does not come. */
const JOBS_GIVE_UP_MS = 60 * 60 * 1_000;

/** Its claim lasts by itself. */
const UNLEASED = { release: () => undefined, settle: () => undefined };

/** Everything that goes on without a request: leases, what the dead left, removals, and what the `jobs` table must know. */
export function startBackground(deps: BackgroundDeps): Background {
  const { store, leases, log } = deps;
  const worker = new RemovalWorker(deps);
  const sweeper = new RemovalWorker({ ...deps, store: deps.tombstones, leases: { hold: () => UNLEASED } });
  const removals = repeat('removals', REMOVALS_EVERY_MS, (signal) => worker.startDue(signal), log);
  const endAbandoned = async (signal: AbortSignal) => {
    const ended = await store.endAbandoned(signal);
    for (const row of ended) log.warn({ external_id: row.external_id, state: row.state }, 'an analysis whose coordinator died was looked after');
    if (ended.length > 0) removals.wake();
  };
  const writeToJobs = async (signal: AbortSignal) => void (await store.writeToJobs(JOBS_GIVE_UP_MS, signal));
  const others = [
    repeat('leases', BEAT_EVERY_MS, (signal) => leases.beat(signal), log),
    repeat('abandoned launches', ABANDONED_EVERY_MS, endAbandoned, log),
    repeat('jobs table', JOBS_EVERY_MS, writeToJobs, log),
    repeat('forgotten clusters', TOMBSTONES_EVERY_MS, (signal) => sweeper.startDue(signal), log),
  ];
  return {
    wakeRemovals: () => removals.wake(),
    stop: async () => {
      await removals.stop();
      await worker.idle();
      await Promise.all(others.map((other) => other.stop()));
      await sweeper.idle();
      await leases.beat(AbortSignal.timeout(BEAT_EVERY_MS)).catch((err: unknown) => log.warn({ err }, 'leases run out instead of being given up'));
    },
  };
}
