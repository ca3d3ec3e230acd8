import type { StrategyName } from '../schema/placement.ts';
import type { SelectableCluster, Strategy } from './cluster-selector.ts';
import { loadWith } from './filters.ts';

const priority: Strategy = {
  score: (_, cluster) => -cluster.priority,
  why: (_, cluster) => `priority ${cluster.priority}`,
};

const leastLoaded: Strategy = {
  score: (request, cluster) => 1 - loadWith(request, cluster),
  why: (request, cluster) =>
    cluster.profile.capacity === undefined ? 'names no capacity, so it counts as empty' : `${percent(loadWith(request, cluster))} full with it`,
};

const spread: Strategy = {
  score: (_, cluster) => -cluster.used.slots,
  why: (_, cluster) => analyses(cluster.used.slots),
};

/** Whether, not how many: or one cluster would get all that there is of an image until it is full. */
const imageAffinity: Strategy = {
  score: ({ image }, cluster) => (image !== undefined && cluster.used.images.has(image) ? 1 : 0),
  why: ({ image }, cluster) => {
    if (image === undefined) return 'no image was named';
    const running = cluster.used.images.get(image) ?? 0;
    return running === 0 ? 'has no analysis with this image' : `${analyses(running)} with this image`;
  },
};

/** What `--placement-strategy` names. One more: a name in `src/schema/placement.ts`, and the strategy here. */
export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  priority,
  'least-loaded': leastLoaded,
  spread,
  'image-affinity': imageAffinity,
};

/** Negative: `a` is the first to be asked, where a strategy finds both the same. The name decides last, so that the order does not depend on the database's. */
export function byPriority(a: SelectableCluster, b: SelectableCluster): number {
  return a.priority - b.priority || (a.name < b.name ? -1 : Number(a.name > b.name));
}

const analyses = (number: number) => `${number} ${number === 1 ? 'analysis' : 'analyses'}`;
const percent = (share: number) => `${Math.round(share * 100)} %`;
