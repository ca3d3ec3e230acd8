import type { PlacementRequest, RankedCluster } from '../cluster-selector/cluster-selector.ts';
import { UnavailableError } from '../errors/errors.ts';
import { ViceError } from '../errors/vice-error.ts';
import type { ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import { specHash } from '../schema/spec-hash.ts';
import type { Hold } from './lease-keeper.ts';
import type { Apply, LaunchStore, Lease } from './ports.ts';

/** How long the last write of a launch may take when the process is already told to end. */
const LAST_WRITE_MS = 5_000;

/** The row of one launch that is under way: where it stands, and what may have been left where. */
export class LaunchRow {
  readonly #store: LaunchStore;
  readonly #hold: Hold;
  readonly #signal: AbortSignal;
  #lease: Lease;
  #isPlaced = false;
  #isLost = false;
  #mayBeSomewhere = false;
  #wasFenced = false;

  constructor(store: LaunchStore, lease: Lease, hold: Hold, signal: AbortSignal) {
    this.#store = store;
    this.#lease = lease;
    this.#hold = hold;
    this.#signal = signal;
  }

  /** Writes down where the analysis is about to go, before anything goes there. Undefined when the cluster has no room left. */
  async place(cluster: RankedCluster, spec: ViceDeploymentSpec, millicores: number, takes: PlacementRequest): Promise<Apply | undefined> {
    const attempt = this.#isPlaced ? this.#lease.attempt + 1 : this.#lease.attempt;
    const { capacity } = cluster.profile;
    const request = {
      spec: JSON.stringify({ ...spec, metadata: { ...spec.metadata, attempt } }),
      spec_hash: specHash(spec),
      attempt,
    };
    const placed = await this.#store.place(
      this.#lease,
      { cluster_id: cluster.id, millicores, takes, ...request, ...(capacity && { capacity }), wasFenced: this.#wasFenced },
      this.#signal,
    );
    if (placed.outcome === 'lost') throw this.#lost();
    if (placed.outcome === 'full') return undefined;
    this.#lease = placed.lease;
    this.#isPlaced = true;
    this.#mayBeSomewhere = true;
    return { external_id: this.#lease.external_id, ...request };
  }

  /** Nothing of the last placement is in its cluster, nor can come there. Gives the refusal back. */
  clear(refusal: ViceError, isFenced: boolean): ViceError {
    this.#mayBeSomewhere = false;
    this.#wasFenced ||= isFenced;
    return refusal;
  }

  async markApplied(): Promise<undefined> {
    if (!(await this.#store.markApplied(this.#lease, this.#signal))) throw this.#lost();
  }

  /** Ends the work on an applied row. When the caller hears of it, that is all; when not, the lease runs out and the `jobs` row is looked at. */
  release(callerHears: boolean): void {
    if (callerHears) this.#hold.settle();
    else this.#hold.release();
  }

  /** Writes down why the launch failed, and queues the removal of what it may have left. Never throws: without this write the lease runs out. */
  async fail(err: unknown): Promise<void> {
    try {
      if (this.#isLost) return;
      const known = err instanceof ViceError ? err : undefined;
      const failure = {
        reason: known?.code ?? 'internal',
        details: { message: known?.message ?? 'internal error', ...known?.details, ...(known?.faults && { faults: known.faults }) },
        undo: this.#mayBeSomewhere,
        wasFenced: this.#wasFenced,
      };
      await this.#store.markFailed(this.#lease, failure, AbortSignal.timeout(LAST_WRITE_MS));
    } catch {
      // The launch tells its own error; this one would hide it. Whoever finds the row without a living lease does the same write.
    } finally {
      this.#hold.release();
    }
  }

  #lost(): UnavailableError {
    this.#isLost = true;
    return new UnavailableError('the launch was ended by an exit, or by another coordinator that took this one for dead');
  }
}
