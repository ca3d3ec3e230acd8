import type { ClusterSelector, ExplainedCluster, PlacementRequest, Ranking, SelectableCluster } from '../cluster-selector/cluster-selector.ts';
import type { ClusterId } from '../schema/ids.ts';
import type { PlacementExplanation } from '../schema/placement.ts';
import type { ClusterEntry } from './ports.ts';
import type { ClusterUsage } from './usage.ts';

/** With ten thousand analyses a count takes about ten milliseconds, which not every launch should pay while some cluster is full. */
const FRESH_MS = 100;

export interface PlacementDeps {
  readonly selector: ClusterSelector;
  /** The same array for as long as nothing about any cluster has changed. */
  readonly snapshot: () => readonly ClusterEntry[];
  readonly usage: ClusterUsage;
}

/** Where analyses go: the selector, on the clusters as they are now. */
export class Placements {
  readonly #deps: PlacementDeps;
  #snapshot: readonly ClusterEntry[] = [];
  #selectable: readonly SelectableCluster[] = [];

  constructor(deps: PlacementDeps) {
    this.#deps = deps;
  }

  /**
   * Waits for nothing, except that where a cluster would be passed over for want of room, it is counted anew, because an analysis that has just ended has left
   * its slot: if that was not done a moment ago, or if nowhere else is room.
   * @throws UnavailableError when it had to be counted and could not be
   */
  async rank(request: PlacementRequest, signal: AbortSignal): Promise<Ranking> {
    const ranking = this.#rank(request);
    const isFresh = ranking.ranked.length > 0 && this.#deps.usage.ageMs() < FRESH_MS;
    if (isFresh || !ranking.refused.some(({ filter }) => filter === 'room')) return ranking;
    await this.#deps.usage.count(signal);
    return this.#rank(request);
  }

  /** Room was reserved in this cluster. */
  placed(id: ClusterId, request: PlacementRequest): void {
    this.#deps.usage.placed(id, request);
  }

  /** Where an analysis would go now, and why. @throws UnavailableError when the room cannot be counted */
  async explain(request: PlacementRequest, signal: AbortSignal): Promise<PlacementExplanation> {
    const { selector, usage } = this.#deps;
    await usage.count(signal);
    const clusters = selector.explain(request, this.#clusters()).map(shown);
    return { strategy: selector.strategy, request: { ...request, gpu_models: [...request.gpu_models] }, clusters };
  }

  #rank(request: PlacementRequest): Ranking {
    return this.#deps.selector.rank(request, this.#clusters());
  }

  #clusters(): readonly SelectableCluster[] {
    const snapshot = this.#deps.snapshot();
    if (snapshot !== this.#snapshot) {
      this.#snapshot = snapshot;
      this.#selectable = snapshot.map((entry) => ({ ...entry, used: this.#deps.usage.of(entry.id) }));
    }
    return this.#selectable;
  }
}

function shown({ cluster, verdicts, rank, score, why }: ExplainedCluster): PlacementExplanation['clusters'][number] {
  const { images: _, ...used } = cluster.used;
  return {
    cluster_id: cluster.id,
    name: cluster.name,
    ...(rank !== undefined && { rank }),
    score,
    why,
    used,
    capacity: cluster.profile.capacity ?? {},
    filters: verdicts.map(({ filter, refusal }) => ({ filter, passes: refusal === undefined, ...(refusal !== undefined && { reason: refusal }) })),
  };
}
