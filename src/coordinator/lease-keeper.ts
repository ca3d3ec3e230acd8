import type { ExternalId } from '../schema/ids.ts';
import type { LeaseStore } from './ports.ts';

/** A row that this process works on. */
export interface Hold {
  /** The work has ended without success or by somebody else: the lease may run out. */
  release(): void;
  /** The caller has its answer: the lease is given up at the next beat. */
  settle(): void;
}

/** How often `beat` must be called so that no lease runs out under work that goes on; a lease lasts 5 s. */
export const BEAT_EVERY_MS = 1_500;

/** Knows which rows this process works on, and keeps their leases alive. One write for all of them at each beat. */
export class LeaseKeeper {
  readonly #store: LeaseStore;
  // Holds, not ids: an analysis whose lease was lost may be launched anew in this process before the first launch notices.
  readonly #held = new Map<Hold, ExternalId>();
  #settled: ExternalId[] = [];

  constructor(store: LeaseStore) {
    this.#store = store;
  }

  hold(externalId: ExternalId): Hold {
    const hold: Hold = {
      release: () => void this.#held.delete(hold),
      settle: () => {
        if (this.#held.delete(hold)) this.#settled.push(externalId);
      },
    };
    this.#held.set(hold, externalId);
    return hold;
  }

  async beat(signal: AbortSignal): Promise<void> {
    const settled = this.#settled;
    this.#settled = [];
    const held = new Set(this.#held.values());
    // A settled row that is not written down in time is looked at once more after a crash, which does no harm.
    if (settled.length > 0) await this.#store.settle(settled, signal);
    if (held.size > 0) await this.#store.heartbeat([...held], signal);
  }
}
