import type { PlacementRequest, Used } from '../cluster-selector/cluster-selector.ts';
import type { ClusterId } from '../schema/ids.ts';

/** What the analyses with one image take of one cluster. */
export interface UsageRow {
  readonly cluster_id: ClusterId;
  /** Null where the analysis is older than this column. */
  readonly image: string | null;
  readonly slots: number;
  readonly cpu_millicores: number;
  readonly memory_bytes: number;
  readonly gpus: number;
}

/** The assignments, as far as they fill clusters. */
export interface UsageStore {
  /** Of every cluster that something runs in, or may. @throws UnavailableError when the database cannot be reached */
  usage(signal: AbortSignal): Promise<readonly UsageRow[]>;
}

interface Counted extends Used {
  slots: number;
  cpu_millicores: number;
  memory_bytes: number;
  gpus: number;
  readonly images: Map<string, number>;
}

/**
 * What runs in each cluster, kept in memory so that a choice waits for nothing. Between two counts it knows of the placements of this process only; the
 * reservation of the room, not this, keeps a cluster from being overfilled.
 */
export class ClusterUsage {
  readonly #store: UsageStore;
  // The same object for as long as the process lives, so that a list of clusters that was made once shows every count.
  readonly #counted = new Map<ClusterId, Counted>();
  #counting: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(store: UsageStore) {
    this.#store = store;
  }

  /** How old the count is, in milliseconds; placements of this process since then are in it. */
  ageMs(): number {
    return performance.now() - this.#countedAt;
  }

  of(id: ClusterId): Used {
    return this.#of(id);
  }

  /** A placement of this process, which the next count will have too. */
  placed(id: ClusterId, request: PlacementRequest): void {
    const { gpus, cpu_millicores = 0, memory_bytes = 0, image = null } = request;
    add(this.#of(id), { slots: 1, cpu_millicores, memory_bytes, gpus, image });
  }

  /** Resolves once everything that was written before the call is counted; those that ask while a count is under way share the next. @throws UnavailableError */
  count(signal: AbortSignal): Promise<void> {
    this.#next ??= this.#counting
      .catch(() => undefined)
      .then(() => {
        this.#counting = this.#count(signal);
        this.#next = undefined;
        return this.#counting;
      });
    return this.#next;
  }

  async #count(signal: AbortSignal): Promise<void> {
    const begun = performance.now();
    const rows = await this.#store.usage(signal);
    this.#countedAt = begun;
    for (const counted of this.#counted.values()) {
      counted.images.clear();
      Object.assign(counted, { slots: 0, cpu_millicores: 0, memory_bytes: 0, gpus: 0 });
    }
    for (const row of rows) add(this.#of(row.cluster_id), row);
  }

  #of(id: ClusterId): Counted {
    const known = this.#counted.get(id);
    if (known !== undefined) return known;
    const fresh = { slots: 0, cpu_millicores: 0, memory_bytes: 0, gpus: 0, images: new Map<string, number>() };
    this.#counted.set(id, fresh);
    return fresh;
  }
}

function add(counted: Counted, { slots, cpu_millicores, memory_bytes, gpus, image }: Omit<UsageRow, 'cluster_id'>): void {
  counted.slots += slots;
  counted.cpu_millicores += cpu_millicores;
  counted.memory_bytes += memory_bytes;
  counted.gpus += gpus;
  if (image !== null) counted.images.set(image, (counted.images.get(image) ?? 0) + slots);
}
