import type { Filter, PlacementRequest, SelectableCluster } from './cluster-selector.ts';

type Refusal = Filter['refusal'];

const pinned: Refusal = (request, cluster) =>
  request.cluster_id !== undefined && request.cluster_id !== cluster.id ? 'is not the one that was asked for' : undefined;

const enabled: Refusal = (_, cluster) => (cluster.enabled ? undefined : (cluster.fault ?? 'is disabled'));

const draining: Refusal = (_, cluster) => (cluster.profile.draining === true ? 'is being drained' : undefined);

/** A cluster of which nothing is known is tried: only a launch or a check can tell. */
const healthy: Refusal = (_, cluster) => {
  const because = cluster.status_reason === undefined ? '' : `: ${cluster.status_reason}`;
  if (cluster.status === 'unreachable') return `does not answer${because}`;
  return cluster.status === 'auth_failed' ? `and the coordinator do not trust each other${because}` : undefined;
};

const gpu: Refusal = (request, { profile }) => {
  if (request.gpus === 0) return undefined;
  if (profile.capacity?.gpus === 0) return 'has no GPUs';
  const vendor = profile.gpu?.vendor ?? 'nvidia';
  if (request.gpu_vendor !== undefined && request.gpu_vendor !== vendor) return `has GPUs of ${vendor}, not of ${request.gpu_vendor}`;
  const models = profile.gpu?.models;
  if (models === undefined || request.gpu_models.length === 0) return undefined;
  return request.gpu_models.some((model) => models.includes(model)) ? undefined : `has no GPU of the models ${request.gpu_models.join(', ')}`;
};

const storage: Refusal = (request, { profile }) => {
  const { disk_bytes: asked = 0 } = request;
  const { max_disk_bytes: most } = profile;
  return most !== undefined && asked > most ? `has working directories of at most ${most} bytes, ${asked} are needed` : undefined;
};

/** What the capacity of a cluster counts, and what one analysis takes of it. */
const AMOUNTS = [
  { key: 'slots', what: 'slots', of: () => 1 },
  { key: 'gpus', what: 'GPUs', of: (request: PlacementRequest) => request.gpus },
  { key: 'cpu_millicores', what: 'thousandths of a CPU', of: (request: PlacementRequest) => request.cpu_millicores ?? 0 },
  { key: 'memory_bytes', what: 'bytes of memory', of: (request: PlacementRequest) => request.memory_bytes ?? 0 },
] as const;

const room: Refusal = (request, { profile, used }) => {
  const { capacity } = profile;
  if (capacity === undefined) return undefined;
  for (const { key, what, of } of AMOUNTS) {
    const most = capacity[key];
    const asked = of(request);
    if (most === undefined || asked === 0) continue;
    const left = most - used[key];
    if (asked > left) return `has ${Math.max(left, 0)} of ${most} ${what} left, ${asked} ${asked === 1 ? 'is' : 'are'} needed`;
  }
  return undefined;
};

/**
 * How full the cluster is with this analysis, by what it has least of: 1 is full, above 1 more than full, 0 when its profile names no capacity.
 */
export function loadWith(request: PlacementRequest, { profile, used }: SelectableCluster): number {
  const { capacity } = profile;
  if (capacity === undefined) return 0;
  let load = 0;
  for (const { key, of } of AMOUNTS) {
    const most = capacity[key];
    if (most !== undefined && most > 0) load = Math.max(load, (used[key] + of(request)) / most);
  }
  return load;
}

/** In the order in which an operator would ask: the first that refuses gives the reason. */
export const FILTERS: readonly Filter[] = [
  { name: 'pinned', refusal: pinned },
  { name: 'enabled', refusal: enabled },
  { name: 'draining', refusal: draining },
  { name: 'healthy', refusal: healthy },
  { name: 'gpu', refusal: gpu },
  { name: 'storage', refusal: storage },
  { name: 'room', refusal: room },
];
