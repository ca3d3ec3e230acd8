import { expect, test } from 'bun:test';
import type { KubeObject } from '../ports.ts';
import { requestsOf } from './amounts.ts';
import { type CapacitySettings, capacityOf } from './capacity.ts';
import { nodeFacts, podLoads } from './facts.ts';

const GIB = 1024 ** 3;
const settings: CapacitySettings = {
  tolerated: [{ key: 'analysis' }],
  slot: { cpu_millicores: 1000, memory_bytes: 2 * GIB, ephemeral_storage_bytes: 10 * GIB },
};

interface NodeSketch {
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly object[];
  readonly cordoned?: boolean;
  readonly ready?: string;
}

function node(name: string, { allocatable, labels = {}, taints = [], cordoned = false, ready = 'True' }: NodeSketch = {}) {
  return nodeFacts({
    metadata: { name, labels },
    spec: { taints, ...(cordoned && { unschedulable: true }) },
    status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110', ...allocatable }, conditions: [{ type: 'Ready', status: ready }] },
  });
}

function pod(nodeName: string, requests: Readonly<Record<string, string>>, more: object = {}): KubeObject {
  return { metadata: { name: 'a' }, spec: { nodeName, containers: [{ resources: { requests } }], ...more }, status: { phase: 'Running' } };
}

const loads = (...pods: KubeObject[]) => pods.flatMap(podLoads()).filter((load) => load !== undefined);

test('what pods of any namespace request of a node is not free', () => {
  const pods = loads(pod('a', { cpu: '500m', memory: '1Gi' }), pod('a', { cpu: '1.5', memory: '512Mi' }), pod('elsewhere', { cpu: '64' }));
  expect(capacityOf([node('a'), node('b')], pods, settings)).toMatchObject({
    nodes: { selected: 2, usable: 2, gpu_only: 0, cordoned: 0, not_ready: 0, tainted: 0 },
    allocatable: { cpu_millicores: 8000, memory_bytes: 32 * GIB, pods: 220 },
    requested: { cpu_millicores: 2000, memory_bytes: 1.5 * GIB, pods: 2 },
    free: { cpu_millicores: 6000, memory_bytes: 30.5 * GIB, pods: 218 },
    largest_free: { cpu_millicores: 4000, memory_bytes: 16 * GIB },
    gpus: [],
  });
});

test('a slot is counted where it fits as a whole: what two nodes have left together is none', () => {
  const half = loads(pod('a', { cpu: '3500m' }), pod('b', { cpu: '3500m' }));
  const { free, slots } = capacityOf([node('a'), node('b')], half, settings);
  expect([free.cpu_millicores, slots]).toEqual([1000, 0]);
});

test('each of cpu, memory, storage and the number of pods can be what limits the slots', () => {
  const slotsOf = (allocatable: Readonly<Record<string, string>>, pods = loads()) => capacityOf([node('a', { allocatable })], pods, settings).slots;
  expect(slotsOf({})).toBe(4);
  expect(slotsOf({ memory: '5Gi' })).toBe(2);
  expect(slotsOf({ 'ephemeral-storage': '19Gi' })).toBe(1);
  expect(slotsOf({ pods: '3' })).toBe(3);
  expect(slotsOf({ pods: '3' }, loads(pod('a', {}), pod('a', {})))).toBe(1);
  expect(slotsOf({ cpu: '1' }, loads(pod('a', { cpu: '2' })))).toBe(0);
});

test('only nodes count that are ready, not cordoned, and whose taints analyses tolerate; each other one is counted once, by its reason', () => {
  const taint = (key: string, value: string, effect: string) => ({ key, value, effect });
  const nodes = [
    node('plain'),
    node('dedicated', { taints: [taint('analysis', 'yes', 'NoExecute')] }),
    node('soft', { taints: [taint('batch', 'true', 'PreferNoSchedule')] }),
    node('gpu', { taints: [taint('gpu', 'true', 'NoSchedule')] }),
    node('gpu, otherwise', { taints: [taint('gpu', 'true', 'NoExecute')] }),
    node('control plane', { taints: [taint('node-role.kubernetes.io/control-plane', '', 'NoSchedule')] }),
    node('cordoned', { cordoned: true, taints: [taint('node.kubernetes.io/unschedulable', '', 'NoSchedule')] }),
    node('away', { ready: 'Unknown', taints: [taint('node.kubernetes.io/unreachable', '', 'NoExecute')] }),
    node('sick and cordoned', { ready: 'False', cordoned: true }),
  ];
  const { nodes: counted, free } = capacityOf(nodes, [], settings);
  expect(counted).toEqual({ selected: 9, usable: 3, gpu_only: 1, cordoned: 2, not_ready: 1, tainted: 2 });
  expect(free.cpu_millicores).toBe(12_000);
  const more = { ...settings, tolerated: [...settings.tolerated, { key: 'gpu', effect: 'NoExecute' }] };
  expect(capacityOf(nodes, [], more).nodes).toMatchObject({ usable: 4, gpu_only: 1, tainted: 1 });
});

test('GPUs are told by vendor, resource and model, also on nodes that only they may use', () => {
  const a100 = { labels: { 'nvidia.com/gpu.product': 'NVIDIA-A100' }, taints: [{ key: 'gpu', value: 'true', effect: 'NoSchedule' }] };
  const nodes = [
    node('a', { ...a100, allocatable: { 'nvidia.com/gpu': '8' } }),
    node('b', { ...a100, allocatable: { 'nvidia.com/gpu': '4', 'nvidia.com/mig-1g.5gb': '7' } }),
    node('sliced', { ...a100, allocatable: { 'nvidia.com/gpu': '0', 'nvidia.com/mig-1g.5gb': '14' } }),
    node('t4', { labels: { 'nvidia.com/gpu.product': 'Tesla-T4' }, allocatable: { 'nvidia.com/gpu': '1' } }),
    node('amd', { labels: { 'amd.com/gpu.product-name': 'MI300X' }, allocatable: { 'amd.com/gpu': '8' } }),
    node('intel', { allocatable: { 'gpu.intel.com/i915': '2', 'gpu.intel.com/i915_monitoring': '1' } }),
    node('cordoned', { cordoned: true, allocatable: { 'nvidia.com/gpu': '16' } }),
  ];
  const pods = loads(
    pod('a', { 'nvidia.com/gpu': '6' }),
    pod('sliced', { 'nvidia.com/mig-1g.5gb': '1' }),
    pod('cordoned', { 'nvidia.com/gpu': '1' }),
  );
  const { gpus, allocatable } = capacityOf(nodes, pods, settings);
  expect(gpus).toEqual([
    { vendor: 'amd', resource: 'amd.com/gpu', model: 'MI300X', nodes: 1, allocatable: 8, requested: 0, free: 8 },
    { vendor: 'intel', resource: 'gpu.intel.com/i915', nodes: 1, allocatable: 2, requested: 0, free: 2 },
    { vendor: 'nvidia', resource: 'nvidia.com/gpu', model: 'NVIDIA-A100', nodes: 2, allocatable: 12, requested: 6, free: 6 },
    { vendor: 'nvidia', resource: 'nvidia.com/gpu', model: 'Tesla-T4', nodes: 1, allocatable: 1, requested: 0, free: 1 },
    { vendor: 'nvidia', resource: 'nvidia.com/mig-1g.5gb', model: 'NVIDIA-A100', nodes: 2, allocatable: 21, requested: 1, free: 20 },
  ]);
  expect(allocatable.cpu_millicores).toBe(12_000); // the nodes that only GPUs may use are not counted here
});

test('pods that have ended, or are on no node, take nothing', () => {
  const { requested } = capacityOf(
    [node('a')],
    loads(
      { ...pod('a', { cpu: '1' }), status: { phase: 'Succeeded' } },
      { ...pod('a', { cpu: '1' }), status: { phase: 'Failed' } },
      pod('', { cpu: '1' }),
    ),
    settings,
  );
  expect(requested).toEqual({ cpu_millicores: 0, memory_bytes: 0, pods: 0 });
});

test('a pod takes what the scheduler counts: sidecars, the largest init container, overhead, or what the pod as a whole requests', () => {
  const container = (cpu: string, more: object = {}) => ({ resources: { requests: { cpu } }, ...more });
  const sidecar = (cpu: string) => container(cpu, { restartPolicy: 'Always' });
  const cpuOf = (spec: object) => requestsOf(Object(spec))['cpu'];
  expect(cpuOf({ containers: [container('1'), container('250m')] })).toBe(1250);
  expect(cpuOf({ containers: [container('1')], initContainers: [container('3'), container('2')] })).toBe(3000);
  expect(cpuOf({ containers: [container('1')], initContainers: [sidecar('500m'), container('100m')] })).toBe(1500);
  expect(cpuOf({ containers: [container('1')], initContainers: [sidecar('500m'), container('2')] })).toBe(2500);
  expect(cpuOf({ containers: [container('1')], initContainers: [container('2'), sidecar('500m')] })).toBe(2000);
  expect(cpuOf({ containers: [container('1')], overhead: { cpu: '50m' } })).toBe(1050);
  expect(cpuOf({ containers: [container('1')], resources: { requests: { cpu: '4' } } })).toBe(4000);
  expect(cpuOf({ containers: [{}, container('0.0001')] })).toBe(1);
});

test('amounts that are thousandfold the same are kept once', () => {
  const read = podLoads();
  const [one, other] = [read(pod('a', { cpu: '1', memory: '2Gi' })), read(pod('b', { cpu: '1000m', memory: '2048Mi' }))];
  expect(one?.requests).toBe(other?.requests ?? {});
});

test('a cluster that says nonsense makes no nonsense', () => {
  const strange = nodeFacts({
    metadata: { name: 'a' },
    spec: { taints: 'none' },
    status: { allocatable: { cpu: 'many', memory: null }, conditions: 1 },
  });
  const load = podLoads()({ metadata: { name: 'a' }, spec: { nodeName: 'a', containers: [null, 7, { resources: { requests: [] } }] } });
  expect(capacityOf([strange], load ? [load] : [], settings)).toMatchObject({ nodes: { selected: 1, not_ready: 1 }, slots: 0 });
});
