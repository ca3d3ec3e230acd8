import { parseQuantity } from '../../schema/quantity.ts';
import { isRecord, type Json, record, records } from '../observe/read.ts';

/** Amounts of resources by Kubernetes' names for them: `cpu` in thousandths of a core, everything else in whole units. */
export type Amounts = Readonly<Record<string, number>>;

/** Devices that count as GPUs: whole ones, shares of one, and slices (MIG of NVIDIA, partitions of AMD). Vendor by the name of the resource. */
const GPU_RESOURCES = [
  { vendor: 'nvidia', pattern: /^nvidia\.com\/(gpu|gpu\.shared|mig-.+)$/ },
  { vendor: 'amd', pattern: /^amd\.com\/(gpu|[a-z]+_nps\d+)$/ },
  { vendor: 'intel', pattern: /^gpu\.intel\.com\/(i915|xe)$/ },
] as const;
export type GpuVendor = (typeof GPU_RESOURCES)[number]['vendor'];

export function gpuVendorOf(resource: string): GpuVendor | undefined {
  return GPU_RESOURCES.find(({ pattern }) => pattern.test(resource))?.vendor;
}

const COUNTED = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods']);

/** The amounts that capacity is made of, out of a `resources.requests` or an `allocatable`. Parts of a unit count as a whole one. */
export function amountsIn(resources: unknown): Amounts {
  const amounts: Record<string, number> = {};
  if (!isRecord(resources)) return amounts;
  for (const [name, quantity] of Object.entries(resources)) {
    if (COUNTED.has(name) || gpuVendorOf(name) !== undefined) amounts[name] = amountOf(name, quantity);
  }
  return amounts;
}

/** The same few quantities are in thousands of pods. */
const MOST_REMEMBERED = 1_000;
const remembered = new Map<string, number>();

function amountOf(name: string, quantity: unknown): number {
  const text = String(quantity);
  const perUnit = name === 'cpu' ? 1_000_000n : 1_000_000_000n;
  const key = `${perUnit} ${text}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const nano = parseQuantity(text)?.nano ?? 0n;
  const amount = Number((nano + perUnit - 1n) / perUnit);
  if (remembered.size < MOST_REMEMBERED) remembered.set(key, amount);
  return amount;
}

function plus(some: Amounts, more: Amounts): Amounts {
  const sum: Record<string, number> = { ...some };
  for (const [name, amount] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + amount;
  return sum;
}

function larger(some: Amounts, other: Amounts): Amounts {
  const most: Record<string, number> = { ...some };
  for (const [name, amount] of Object.entries(other)) most[name] = Math.max(most[name] ?? 0, amount);
  return most;
}

/**
 * What a pod takes of its node, as the scheduler counts it: its containers and sidecars together, or the init container that needs more than they do
 * (with the sidecars that were started before it), and its overhead.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function requestsOf(podSpec: Json): Amounts {
  let sidecars: Amounts = {};
  let initial: Amounts = {};
  for (const container of records(podSpec['initContainers'])) {
    const own = requestsIn(container);
    if (container['restartPolicy'] === 'Always') {
      sidecars = plus(sidecars, own);
      initial = larger(initial, sidecars);
    } else {
      initial = larger(initial, plus(sidecars, own));
    }
  }
  const running = records(podSpec['containers']).map(requestsIn).reduce(plus, sidecars);
  // Requests of the pod as a whole, where it has them, take the place of its containers'.
  const { pods: _, ...needed } = { ...larger(running, initial), ...requestsIn(podSpec) };
  return plus(needed, amountsIn(podSpec['overhead']));
}

function requestsIn(containerOrPod: Json): Amounts {
  return amountsIn(record(containerOrPod['resources'])['requests']);
}
