import type { ClusterSelector, PlacementRequest, RankedCluster, Ranking, RefusedCluster, SelectableCluster } from './cluster-selector.ts';
import { FILTERS } from './filters.ts';

/** An order of the clusters that passed every filter. */
export interface Strategy {
  /** Negative: `a` is asked before `b`. */
  compare(a: SelectableCluster, b: SelectableCluster): number;
  why(cluster: SelectableCluster): string;
}

/** Lower numbers first; among equals the name decides, so that the order does not depend on the database's. */
export const priority: Strategy = {
  compare: (a, b) => a.priority - b.priority || (a.name < b.name ? -1 : Number(a.name > b.name)),
  why: (cluster) => `priority ${cluster.priority}`,
};

/** A selector that filters and then orders by one strategy. */
export function selectorBy(strategy: Strategy): ClusterSelector {
  return { rank: (request, clusters) => rank(request, clusters, strategy) };
}

export function rank(request: PlacementRequest, clusters: readonly SelectableCluster[], strategy: Strategy = priority): Ranking {
  const fit: SelectableCluster[] = [];
  const refused: RefusedCluster[] = [];
  for (const cluster of clusters) {
    const reason = refusal(request, cluster);
    if (reason === undefined) fit.push(cluster);
    else refused.push({ cluster_id: cluster.id, name: cluster.name, reason });
  }
  return { ranked: fit.sort(strategy.compare).map((cluster) => ranked(cluster, strategy)), refused };
}

function refusal(request: PlacementRequest, cluster: SelectableCluster): string | undefined {
  for (const filter of FILTERS) {
    const reason = filter(request, cluster);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function ranked(cluster: SelectableCluster, strategy: Strategy): RankedCluster {
  return { id: cluster.id, name: cluster.name, profile: cluster.profile, why: strategy.why(cluster) };
}
