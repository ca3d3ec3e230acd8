import type { Capacity, Gpus } from '../../schema/capabilities.ts';
import { type Amounts, gpuVendorOf } from './amounts.ts';
import type { NodeFacts, PodLoad, Taint } from './facts.ts';

/** A taint that analyses tolerate; without `value` whatever its value is, without `effect` whatever it does. */
export interface Tolerated {
  readonly key: string;
  readonly value?: string;
  readonly effect?: string;
}

export interface CapacitySettings {
  /** Taints that every analysis tolerates. */
  readonly tolerated: readonly Tolerated[];
  /** What one slot stands for. */
  readonly slot: Capacity['slot'];
}

/** What analyses with GPUs tolerate besides; `spec-builder` gives it to them. */
const GPU_TAINT: Tolerated = { key: 'gpu', value: 'true', effect: 'NoSchedule' };

interface NodeRoom {
  readonly node: NodeFacts;
  readonly requested: Amounts;
}

/** The room that `nodes` have for analyses while `pods` are on them. */
export function capacityOf(nodes: readonly NodeFacts[], pods: Iterable<PodLoad>, { tolerated, slot }: CapacitySettings): Capacity {
  const loads = loadsByNode(pods);
  const rooms = nodes.map((node) => ({ node, requested: loads.get(node.name) ?? {} }));
  const fit = rooms.filter(({ node }) => node.isReady && !node.isCordoned);
  const usable = fit.filter(({ node }) => isTolerated(node, tolerated));
  const forGpus = fit.filter(({ node }) => isTolerated(node, [...tolerated, GPU_TAINT]));
  const cordoned = nodes.filter(({ isCordoned }) => isCordoned).length;
  return {
    nodes: {
      selected: nodes.length,
      usable: usable.length,
      gpu_only: forGpus.length - usable.length,
      cordoned,
      not_ready: nodes.length - fit.length - cordoned,
      tainted: fit.length - forGpus.length,
    },
    allocatable: amounts(usable, ({ node }, resource) => node.allocatable[resource] ?? 0),
    requested: amounts(usable, ({ requested }, resource) => requested[resource] ?? 0),
    free: amounts(usable, freeOf),
    largest_free: { cpu_millicores: largest(usable, 'cpu'), memory_bytes: largest(usable, 'memory') },
    slot,
    slots: sum(usable, (room) => slotsIn(room, slot)),
    gpus: gpusOf(forGpus),
  };
}

function loadsByNode(pods: Iterable<PodLoad>): Map<string, Amounts> {
  const loads = new Map<string, Record<string, number>>();
  for (const { node, requests } of pods) {
    const load = loads.get(node) ?? { pods: 0 };
    load['pods'] = (load['pods'] ?? 0) + 1;
    for (const name in requests) load[name] = (load[name] ?? 0) + (requests[name] ?? 0);
    loads.set(node, load);
  }
  return loads;
}

function isTolerated({ taints }: NodeFacts, tolerated: readonly Tolerated[]): boolean {
  return taints.every((taint) => tolerated.some((one) => tolerates(one, taint)));
}

function tolerates({ key, value, effect }: Tolerated, taint: Taint): boolean {
  return key === taint.key && (value ?? taint.value) === taint.value && (effect ?? taint.effect) === taint.effect;
}

function freeOf({ node, requested }: NodeRoom, resource: string): number {
  return Math.max(0, (node.allocatable[resource] ?? 0) - (requested[resource] ?? 0));
}

function slotsIn(room: NodeRoom, slot: Capacity['slot']): number {
  const fits = (resource: string, size: number) => (size === 0 ? Number.MAX_SAFE_INTEGER : Math.floor(freeOf(room, resource) / size));
  // A node that does not say how much of it there is does not limit it.
  const storage = room.node.allocatable['ephemeral-storage'] === undefined ? 0 : slot.ephemeral_storage_bytes;
  return Math.min(fits('cpu', slot.cpu_millicores), fits('memory', slot.memory_bytes), fits('ephemeral-storage', storage), freeOf(room, 'pods'));
}

function gpusOf(rooms: readonly NodeRoom[]): Gpus[] {
  const groups = Map.groupBy(rooms.flatMap(gpusIn), ({ resource, model = '' }) => `${resource} ${model}`);
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, devices]) => devices.reduce(together));
}

function gpusIn(room: NodeRoom): Gpus[] {
  return Object.entries(room.node.allocatable).flatMap(([resource, allocatable]) => {
    const vendor = gpuVendorOf(resource);
    // A node whose devices are all sliced offers none of the whole ones.
    if (vendor === undefined || allocatable === 0) return [];
    const model = room.node.gpuModels[vendor];
    const requested = room.requested[resource] ?? 0;
    return [{ vendor, resource, ...(model !== undefined && { model }), nodes: 1, allocatable, requested, free: freeOf(room, resource) }];
  });
}

function together(some: Gpus, more: Gpus): Gpus {
  const { nodes, allocatable, requested, free } = more;
  return {
    ...some,
    nodes: some.nodes + nodes,
    allocatable: some.allocatable + allocatable,
    requested: some.requested + requested,
    free: some.free + free,
  };
}

function amounts(rooms: readonly NodeRoom[], of: (room: NodeRoom, resource: string) => number): Capacity['free'] {
  const total = (resource: string) => sum(rooms, (room) => of(room, resource));
  return { cpu_millicores: total('cpu'), memory_bytes: total('memory'), pods: total('pods') };
}

function largest(rooms: readonly NodeRoom[], resource: string): number {
  return rooms.reduce((most, room) => Math.max(most, freeOf(room, resource)), 0);
}

function sum(rooms: readonly NodeRoom[], of: (room: NodeRoom) => number): number {
  return rooms.reduce((total, room) => total + of(room), 0);
}
