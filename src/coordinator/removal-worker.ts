import type { Logger } from 'pino';
import { ViceError } from '../errors/vice-error.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { Patience } from './patience.ts';
import type { Clusters, Removal, RemovalStore } from './ports.ts';
import { remove } from './remove.ts';

export interface RemovalDeps {
  readonly store: RemovalStore;
  readonly leases: Pick<LeaseKeeper, 'hold'>;
  readonly clusters: Clusters;
  readonly patience: Patience;
  readonly log: Logger;
}

/** So many at once: enough for a class that ends together, few enough that a deployer is not flooded. */
const MOST_AT_ONCE = 64;

/** While a cluster comes back soon it should find out soon; one that is away for a day is asked twice a minute. */
const FIRST_PAUSE_MS = 250;
const PAUSE_MS = 5_000;
const LONG_PAUSE_MS = 30_000;
const TRIES_BEFORE_LONG_PAUSE = 100;

const WRITE_MS = 5_000;

/** Works off the queue of removals. Each removal is tried until its cluster says that nothing is left. */
export class RemovalWorker {
  readonly #deps: RemovalDeps;
  readonly #running = new Set<Promise<void>>();

  constructor(deps: RemovalDeps) {
    this.#deps = deps;
  }

  /** Starts every removal that is due. It waits for others to end when there are too many, and not for those that it starts last. */
  async startDue(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const room = MOST_AT_ONCE - this.#running.size;
      const claimed = await this.#deps.store.claimRemovals(room, signal);
      for (const removal of claimed) {
        const running = this.#run(removal, signal).finally(() => this.#running.delete(running));
        this.#running.add(running);
      }
      if (claimed.length < room) return;
      await Promise.race(this.#running);
    }
  }

  /** Resolves when those that were started have ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #run(removal: Removal, signal: AbortSignal): Promise<void> {
    const { store, leases, log } = this.#deps;
    const facts = { external_id: removal.lease.external_id, attempt: removal.lease.attempt, cluster_id: removal.cluster_id };
    const hold = leases.hold(removal.lease.external_id);
    try {
      const leftBecause = await this.#remove(removal, signal);
      if (leftBecause === undefined) {
        if (await store.markRemoved(removal.lease, writing())) log.info(facts, 'the analysis is gone from its cluster');
      } else {
        if (removal.tries === 0 && !signal.aborted)
          log.warn({ ...facts, reason: leftBecause }, 'a removal did not end; it is tried again until it does');
        // A process that ends hands its removals over at once.
        await store.postponeRemoval(removal.lease, signal.aborted ? 0 : pauseMs(removal.tries), leftBecause, writing());
      }
    } catch (err) {
      // The lease runs out and the removal is claimed anew, by whoever lives then.
      log.error({ ...facts, err }, 'what became of a removal could not be written down');
    } finally {
      hold.release();
    }
  }

  /** Undefined when nothing is left, else why something may be. */
  async #remove(removal: Removal, signal: AbortSignal): Promise<string | undefined> {
    const deployer = this.#deps.clusters.deployerOf(removal.cluster_id);
    if (deployer === undefined) return 'the cluster is not registered';
    try {
      const deadline = performance.now() + this.#deps.patience.removalMs;
      return (await remove(deployer, removal.lease, removal.fence, deadline, signal)) ? undefined : 'something is still ending';
    } catch (err) {
      if (!(err instanceof ViceError)) throw err;
      return err.message;
    }
  }
}

function pauseMs(tries: number): number {
  const most = tries < TRIES_BEFORE_LONG_PAUSE ? PAUSE_MS : LONG_PAUSE_MS;
  return Math.round(Math.min(most, FIRST_PAUSE_MS * 2 ** tries) * (0.75 + Math.random() / 4));
}

/** What became of a removal is written down also when the process is told to end. */
function writing(): AbortSignal {
  return AbortSignal.timeout(WRITE_MS);
}
