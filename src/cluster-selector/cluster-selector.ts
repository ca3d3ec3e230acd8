import type { ClusterState } from '../schema/cluster.ts';
import type { ClusterProfile } from '../schema/cluster-profile.ts';
import type { ClusterId } from '../schema/ids.ts';
import type { StrategyName } from '../schema/placement.ts';

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
  /** Of the working directory. Absent: as little as there is. */
  readonly disk_bytes?: number;
  /** With its tag, before any mirror. */
  readonly image?: string;
  /** The one cluster that the analysis may run in. */
  readonly cluster_id?: ClusterId;
}

/** What runs in a cluster, as it was last counted; analyses that are being removed are among it. */
export interface Used {
  readonly slots: number;
  readonly cpu_millicores: number;
  readonly memory_bytes: number;
  readonly gpus: number;
  /** How many analyses have which image. */
  readonly images: ReadonlyMap<string, number>;
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
  /** Why it does not answer. */
  readonly status_reason?: string;
  /** Why the cluster cannot be used although it is registered: its row is faulty. A clause that follows "cluster x". */
  readonly fault?: string;
  readonly used: Used;
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
  readonly filter: FilterName;
  /** A clause for an operator that follows "cluster x": `has no GPU of the models A100`. */
  readonly reason: string;
}

export interface Ranking {
  /** Best first. */
  readonly ranked: readonly RankedCluster[];
  readonly refused: readonly RefusedCluster[];
}

export type FilterName = 'pinned' | 'enabled' | 'draining' | 'healthy' | 'gpu' | 'storage' | 'room';

export interface Filter {
  readonly name: FilterName;
  /** Why the cluster cannot take the analysis, as a clause that follows "cluster x"; nothing when it can, as far as this filter is concerned. */
  refusal(request: PlacementRequest, cluster: SelectableCluster): string | undefined;
}

/** An order of the clusters that passed every filter. Pure, and quick: it is asked for every cluster at every launch. */
export interface Strategy {
  /** A number; the highest is asked first. Among equals the lower priority number and then the name decide. */
  score(request: PlacementRequest, cluster: SelectableCluster): number;
  /** Why it has this score, for an operator: `3 analyses`. */
  why(request: PlacementRequest, cluster: SelectableCluster): string;
}

/** Everything that was thought of one cluster. */
export interface ExplainedCluster {
  readonly cluster: SelectableCluster;
  /** Of every filter, in their order, also after one that refuses. */
  readonly verdicts: readonly { readonly filter: FilterName; readonly refusal: string | undefined }[];
  /** 1 is asked first. Absent: a filter refuses. */
  readonly rank?: number;
  readonly score: number;
  readonly why: string;
}

/**
 * Chooses where an analysis may go. Pure: the same request and the same clusters give the same answer, whatever the order they come in. It only
 * proposes: whether there is room is decided when the room is reserved.
 */
export interface ClusterSelector {
  readonly strategy: StrategyName;
  rank(request: PlacementRequest, clusters: readonly SelectableCluster[]): Ranking;
  /** The same decision with all that led to it, the clusters in the order of their rank and those that are refused after them. */
  explain(request: PlacementRequest, clusters: readonly SelectableCluster[]): readonly ExplainedCluster[];
}
