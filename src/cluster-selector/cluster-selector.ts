import type { ClusterState } from '../schema/cluster.ts';
import type { ClusterProfile } from '../schema/cluster-profile.ts';
import type { ClusterId } from '../schema/ids.ts';

/** What an analysis needs of a cluster. */
export interface PlacementRequest {
  /** 0: none. */
  readonly gpus: number;
  /** Any of them will do; empty: any model. Only asked for together with GPUs. */
  readonly gpu_models: readonly string[];
  /** Absent: any vendor. */
  readonly gpu_vendor?: 'nvidia' | 'amd' | 'intel';
  /** Absent: not asked for, so it finds room anywhere. */
  readonly cpu_millicores?: number;
  readonly memory_bytes?: number;
  /** The one cluster that the analysis may run in. */
  readonly cluster_id?: ClusterId;
}

/** A cluster as far as a choice depends on it. */
export interface SelectableCluster {
  readonly id: ClusterId;
  readonly name: string;
  readonly enabled: boolean;
  /** Lower is asked first. */
  readonly priority: number;
  readonly profile: ClusterProfile;
  readonly status: ClusterState;
  /** Why the cluster cannot be used although it is registered: its row is faulty. A clause that follows "cluster x". */
  readonly fault?: string;
  /** What runs there, as far as it is known; absent: nothing is known, and the reservation of the slot decides. */
  readonly used?: { readonly slots?: number; readonly cpu_millicores?: number; readonly memory_bytes?: number; readonly gpus?: number };
}

/** A cluster that could take the analysis. */
export interface RankedCluster {
  readonly id: ClusterId;
  readonly name: string;
  readonly profile: ClusterProfile;
  /** Why it stands where it stands, for an operator. */
  readonly why: string;
}

export interface RefusedCluster {
  readonly cluster_id: ClusterId;
  readonly name: string;
  /** A clause for an operator that follows "cluster x": `has no GPU of the models A100`. */
  readonly reason: string;
}

export interface Ranking {
  /** Best first. */
  readonly ranked: readonly RankedCluster[];
  readonly refused: readonly RefusedCluster[];
}

/**
 * Chooses where an analysis may go. Pure: the same request and the same clusters give the same answer, whatever the order they come in. It only
 * proposes: whether there is a slot is decided when the slot is reserved.
 */
export interface ClusterSelector {
  rank(request: PlacementRequest, clusters: readonly SelectableCluster[]): Ranking;
}
