import type { StrategyName } from '../schema/placement.ts';
import type {
  ClusterSelector,
  ExplainedCluster,
  PlacementRequest,
  Ranking,
  RefusedCluster,
  SelectableCluster,
  Strategy,
} from './cluster-selector.ts';
import { FILTERS } from './filters.ts';
import { byPriority, STRATEGIES } from './strategies.ts';

/** A selector that filters and then orders by one strategy. */
export function selectorBy(name: StrategyName, strategy: Strategy = STRATEGIES[name]): ClusterSelector {
  return {
    strategy: name,
    rank: (request, clusters) => rank(request, clusters, strategy),
    explain: (request, clusters) => explain(request, clusters, strategy),
  };
}

interface Scored {
  readonly cluster: SelectableCluster;
  readonly score: number;
}

const byScore = (a: Scored, b: Scored) => b.score - a.score || byPriority(a.cluster, b.cluster);

function rank(request: PlacementRequest, clusters: readonly SelectableCluster[], strategy: Strategy): Ranking {
  const fit: Scored[] = [];
  const refused: RefusedCluster[] = [];
  for (const cluster of clusters) {
    const refusal = firstRefusal(request, cluster);
    if (refusal === undefined) fit.push({ cluster, score: strategy.score(request, cluster) });
    else refused.push(refusal);
  }
  const ranked = fit.sort(byScore).map(({ cluster }) => {
    const { id, name, profile } = cluster;
    return { id, name, profile, why: strategy.why(request, cluster) };
  });
  return { ranked, refused };
}

function firstRefusal(request: PlacementRequest, cluster: SelectableCluster): RefusedCluster | undefined {
  for (const filter of FILTERS) {
    const reason = filter.refusal(request, cluster);
    if (reason !== undefined) return { cluster_id: cluster.id, name: cluster.name, filter: filter.name, reason };
  }
  return undefined;
}

function explain(request: PlacementRequest, clusters: readonly SelectableCluster[], strategy: Strategy): readonly ExplainedCluster[] {
  const explained = clusters
    .map((cluster) => ({
      cluster,
      verdicts: FILTERS.map(({ name, refusal }) => ({ filter: name, refusal: refusal(request, cluster) })),
      score: strategy.score(request, cluster),
      why: strategy.why(request, cluster),
    }))
    .sort(byScore);
  const [refused, fit] = [true, false].map((isRefused) =>
    explained.filter(({ verdicts }) => verdicts.some(({ refusal }) => refusal !== undefined) === isRefused),
  );
  return [...(fit ?? []).map((each, index) => ({ ...each, rank: index + 1 })), ...(refused ?? [])];
}
