import { condition, record, records, text } from '../observe/read.ts';
import type { KubeObject } from '../ports.ts';
import { type Amounts, amountsIn, requestsOf } from './amounts.ts';

/** A taint that keeps new pods away. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** What capacity needs of a node; the rest of it is not kept. */
export interface NodeFacts {
  readonly name: string;
  readonly isReady: boolean;
  readonly isCordoned: boolean;
  readonly taints: readonly Taint[];
  readonly allocatable: Amounts;
  /** By vendor, as its label has it. */
  readonly gpuModels: Readonly<Record<string, string>>;
}

/** What capacity needs of a pod. Thousands of these are in memory. */
export interface PodLoad {
  readonly node: string;
  readonly requests: Amounts;
}

/** Where the tools of the vendors (GPU feature discovery, node labellers) write the model of a node's GPUs. */
const GPU_MODEL_LABELS = { nvidia: 'nvidia.com/gpu.product', amd: 'amd.com/gpu.product-name', intel: 'gpu.intel.com/product' } as const;

export function nodeFacts(object: KubeObject): NodeFacts {
  const { name, labels = {} } = object.metadata;
  const spec = record(object['spec']);
  const status = record(object['status']);
  const taints = records(spec['taints']).map(({ key, value, effect }) => ({
    key: text(key) ?? '',
    value: text(value) ?? '',
    effect: text(effect) ?? '',
  }));
  const models = Object.entries(GPU_MODEL_LABELS).flatMap(([vendor, label]) => {
    const model = labels[label];
    return model === undefined ? [] : [[vendor, model] as const];
  });
  return {
    name,
    isReady: condition(status, 'Ready')?.['status'] === 'True',
    isCordoned: spec['unschedulable'] === true,
    taints: taints.filter(({ effect }) => effect !== 'PreferNoSchedule'),
    allocatable: amountsIn(status['allocatable']),
    gpuModels: Object.fromEntries(models),
  };
}

/** Reads pods of which most ask for the same: each such amount is kept once. Undefined for a pod that takes nothing of any node. */
export function podLoads(): (object: KubeObject) => PodLoad | undefined {
  const nodes = new Map<string, string>();
  const amounts = new Map<string, Amounts>();
  return (object) => {
    const spec = record(object['spec']);
    const node = text(spec['nodeName']);
    const phase = record(object['status'])['phase'];
    if (node === undefined || phase === 'Succeeded' || phase === 'Failed') return undefined;
    const requests = requestsOf(spec);
    return { node: once(nodes, node, node), requests: once(amounts, JSON.stringify(requests), requests) };
  };
}

/** Nodes come and go, and so do amounts: what is not shared any more must not be kept for ever. */
const MOST_SHARED = 5_000;

function once<T>(known: Map<string, T>, key: string, value: T): T {
  const first = known.get(key);
  if (first !== undefined) return first;
  if (known.size >= MOST_SHARED) known.clear();
  known.set(key, value);
  return value;
}
