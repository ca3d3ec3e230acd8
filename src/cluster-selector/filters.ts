import type { PlacementRequest, SelectableCluster } from './cluster-selector.ts';

/** Why the cluster cannot take the analysis, as a clause that follows "cluster x"; nothing when it can, as far as this filter is concerned. */
export type Filter = (request: PlacementRequest, cluster: SelectableCluster) => string | undefined;

function pinned(request: PlacementRequest, cluster: SelectableCluster): string | undefined {
  return request.cluster_id !== undefined && request.cluster_id !== cluster.id ? 'is not the one that was asked for' : undefined;
}

function enabled(_: PlacementRequest, cluster: SelectableCluster): string | undefined {
  return cluster.enabled ? undefined : (cluster.fault ?? 'is disabled');
}

function notDraining(_: PlacementRequest, cluster: SelectableCluster): string | undefined {
  return cluster.profile.draining === true ? 'is being drained' : undefined;
}

/** A cluster of which nothing is known is tried: only a launch or a check can tell. */
function healthy(_: PlacementRequest, cluster: SelectableCluster): string | undefined {
  if (cluster.status === 'unreachable') return 'does not answer';
  return cluster.status === 'auth_failed' ? 'and the coordinator do not trust each other' : undefined;
}

function gpu(request: PlacementRequest, { profile }: SelectableCluster): string | undefined {
  if (request.gpus === 0) return undefined;
  if (profile.capacity?.gpus === 0) return 'has no GPUs';
  const vendor = profile.gpu?.vendor ?? 'nvidia';
  if (request.gpu_vendor !== undefined && request.gpu_vendor !== vendor) return `has GPUs of ${vendor}, not of ${request.gpu_vendor}`;
  const models = profile.gpu?.models;
  if (models === undefined || request.gpu_models.length === 0) return undefined;
  return request.gpu_models.some((model) => models.includes(model)) ? undefined : `has no GPU of the models ${request.gpu_models.join(', ')}`;
}

/** What the capacity of a cluster counts, and what one analysis takes of it. */
const AMOUNTS = [
  { key: 'slots', what: 'slots', of: () => 1 },
  { key: 'gpus', what: 'GPUs', of: (request: PlacementRequest) => request.gpus },
  { key: 'cpu_millicores', what: 'thousandths of a CPU', of: (request: PlacementRequest) => request.cpu_millicores ?? 0 },
  { key: 'memory_bytes', what: 'bytes of memory', of: (request: PlacementRequest) => request.memory_bytes ?? 0 },
] as const;

function room(request: PlacementRequest, { profile, used }: SelectableCluster): string | undefined {
  const { capacity } = profile;
  if (capacity === undefined) return undefined;
  for (const { key, what, of } of AMOUNTS) {
    const most = capacity[key];
    if (most === undefined) continue;
    const asked = of(request);
    const left = most - (used?.[key] ?? 0);
    if (asked > left) return `has ${Math.max(left, 0)} of ${most} ${what} left, ${asked} ${asked === 1 ? 'is' : 'are'} needed`;
  }
  return undefined;
}

/** In the order in which an operator would ask: the first that refuses gives the reason. */
export const FILTERS: readonly Filter[] = [pinned, enabled, notDraining, healthy, gpu, room];
