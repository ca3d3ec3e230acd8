import { describe, expect, test } from 'bun:test';
import type { ClusterId } from '../schema/ids.ts';
import { STRATEGY_NAMES, type StrategyName } from '../schema/placement.ts';
import type { PlacementRequest, SelectableCluster, Used } from './cluster-selector.ts';
import { selectorBy } from './rank.ts';

const plain: PlacementRequest = { gpus: 0, gpu_models: [] };
const gpu: PlacementRequest = { gpus: 2, gpu_models: ['NVIDIA-A16', 'NVIDIA-L40S'] };

function used(more: Partial<Used> = {}): Used {
  return { slots: 0, cpu_millicores: 0, memory_bytes: 0, gpus: 0, images: new Map(), ...more };
}

function cluster(name: string, more: Partial<SelectableCluster> = {}): SelectableCluster {
  // The selector never looks into an id, any text will do.
  return { id: name as ClusterId, name, enabled: true, priority: 100, profile: {}, status: 'registered', used: used(), ...more };
}

const byPriority = selectorBy('priority');
const names = (request: PlacementRequest, clusters: readonly SelectableCluster[], strategy: StrategyName = 'priority') =>
  selectorBy(strategy)
    .rank(request, clusters)
    .ranked.map(({ name }) => name);

describe('the order', () => {
  const clusters = [cluster('c', { priority: 50 }), cluster('b', { priority: 100 }), cluster('a', { priority: 100 }), cluster('d', { priority: 0 })];

  test('is that of the priorities, lowest first, then of the names', () => {
    expect(names(plain, clusters)).toEqual(['d', 'c', 'a', 'b']);
  });

  test.each([...STRATEGY_NAMES])('by %s is the same whatever order the clusters come in, and leaves the list as it was', (strategy) => {
    const reversed = clusters.toReversed();
    expect(names(plain, reversed, strategy)).toEqual(names(plain, clusters, strategy));
    expect(reversed.map(({ name }) => name)).toEqual(['d', 'a', 'b', 'c']);
  });

  test.each([...STRATEGY_NAMES])('by %s is that of the priorities where the strategy finds all the same', (strategy) => {
    expect(names(plain, clusters, strategy)).toEqual(['d', 'c', 'a', 'b']);
  });

  test('can be somebody else’s', () => {
    const longestName = selectorBy('priority', { score: (_, { name }) => name.length, why: () => 'has the longest name' });
    const [first] = longestName.rank(plain, [cluster('a'), cluster('abc')]).ranked;
    expect(first).toMatchObject({ name: 'abc', why: 'has the longest name' });
  });
});

describe('a strategy', () => {
  const capacity = { slots: 10, cpu_millicores: 8_000 };
  const image = 'harbor.example.org/rstudio:4.4';
  const clusters = [
    cluster('big', { priority: 3, profile: { capacity: { slots: 100 } }, used: used({ slots: 20, images: new Map([[image, 2]]) }) }),
    cluster('busy', { priority: 1, profile: { capacity }, used: used({ slots: 1, cpu_millicores: 6_000 }) }),
    cluster('empty', { priority: 2, profile: { capacity } }),
    cluster('endless', { priority: 4, used: used({ slots: 500 }) }),
  ];
  const asked = { ...plain, cpu_millicores: 1_000, image };

  test.each<[StrategyName, string[], string]>([
    ['priority', ['busy', 'empty', 'big', 'endless'], 'priority 1'],
    ['least-loaded', ['endless', 'empty', 'big', 'busy'], 'names no capacity, so it counts as empty'],
    ['spread', ['empty', 'busy', 'big', 'endless'], '0 analyses'],
    ['image-affinity', ['big', 'busy', 'empty', 'endless'], '2 analyses with this image'],
  ])('%s orders by its own rule and says why', (strategy, order, why) => {
    const { ranked } = selectorBy(strategy).rank(asked, clusters);
    expect(ranked.map(({ name }) => name)).toEqual(order);
    expect(ranked[0]?.why).toBe(why);
  });

  test('least-loaded looks at what a cluster has least of, with the analysis in it', () => {
    const whys = selectorBy('least-loaded')
      .rank(asked, clusters)
      .ranked.map(({ why }) => why);
    expect(whys).toEqual(['names no capacity, so it counts as empty', '13 % full with it', '21 % full with it', '88 % full with it']);
  });
});

describe('a cluster is refused with its reason', () => {
  test.each<[string, PlacementRequest, Partial<SelectableCluster>, string]>([
    ['disabled', plain, { enabled: false }, 'is disabled'],
    ['with a faulty row', plain, { enabled: false, fault: 'has a faulty profile' }, 'has a faulty profile'],
    ['draining', plain, { profile: { draining: true } }, 'is being drained'],
    ['unreachable', plain, { status: 'unreachable', status_reason: 'it is dark there' }, 'does not answer: it is dark there'],
    ['of another trust', plain, { status: 'auth_failed' }, 'and the coordinator do not trust each other'],
    ['not asked for', { ...plain, cluster_id: 'other' as ClusterId }, {}, 'is not the one that was asked for'],
    ['without a slot', plain, { profile: { capacity: { slots: 3 } }, used: used({ slots: 3 }) }, 'has 0 of 3 slots left, 1 is needed'],
    ['overbooked', plain, { profile: { capacity: { slots: 3 } }, used: used({ slots: 5 }) }, 'has 0 of 3 slots left, 1 is needed'],
    [
      'without CPU',
      { ...plain, cpu_millicores: 2000 },
      { profile: { capacity: { cpu_millicores: 1500 } } },
      'thousandths of a CPU left, 2000 are needed',
    ],
    [
      'without memory',
      { ...plain, memory_bytes: 2 },
      { profile: { capacity: { memory_bytes: 1 } } },
      'has 1 of 1 bytes of memory left, 2 are needed',
    ],
    ['without GPUs', gpu, { profile: { capacity: { gpus: 0 } } }, 'has no GPUs'],
    ['with too few GPUs', gpu, { profile: { capacity: { gpus: 4 } }, used: used({ gpus: 3 }) }, 'has 1 of 4 GPUs left, 2 are needed'],
    ['with other GPUs', gpu, { profile: { gpu: { models: ['NVIDIA-A100'] } } }, 'has no GPU of the models NVIDIA-A16, NVIDIA-L40S'],
    ['of another vendor', { ...gpu, gpu_vendor: 'nvidia' }, { profile: { gpu: { vendor: 'amd' } } }, 'has GPUs of amd, not of nvidia'],
    ['with small disks', { ...plain, disk_bytes: 11 }, { profile: { max_disk_bytes: 10 } }, 'working directories of at most 10 bytes, 11 are needed'],
  ])('%s', (_, request, more, reason) => {
    const { ranked, refused } = byPriority.rank(request, [cluster('one', more)]);
    expect(ranked).toEqual([]);
    expect(refused).toMatchObject([{ cluster_id: 'one', name: 'one', reason: expect.stringContaining(reason) }]);
  });
});

describe('a cluster is taken', () => {
  test.each<[string, PlacementRequest, Partial<SelectableCluster>]>([
    ['with one of the models', gpu, { profile: { gpu: { models: ['NVIDIA-L40S'] } } }],
    ['that says nothing of its GPUs', gpu, {}],
    ['without GPUs by whoever needs none', plain, { profile: { capacity: { gpus: 0 }, gpu: { models: [] } } }],
    ['with more GPUs taken than it has by whoever needs none', plain, { profile: { capacity: { gpus: 1 } }, used: used({ gpus: 2 }) }],
    ['whose health is not known', plain, { status: 'registered' }],
    ['whose row went bad while its last good state is known', plain, { fault: 'has a faulty profile' }],
    ['on its last slot', plain, { profile: { capacity: { slots: 3 } }, used: used({ slots: 2 }) }],
    ['by name', { ...plain, cluster_id: 'one' as ClusterId }, {}],
    ['with disks that are just large enough', { ...plain, disk_bytes: 10 }, { profile: { max_disk_bytes: 10 } }],
  ])('%s', (_, request, more) => {
    expect(names(request, [cluster('one', more)])).toEqual(['one']);
  });
});

test('an explanation has the verdict of every filter for every cluster, in the order of the ranking', () => {
  const clusters = [cluster('off', { priority: 1, enabled: false, profile: { draining: true } }), cluster('b'), cluster('a', { priority: 7 })];
  const explained = byPriority.explain(plain, clusters);
  expect(explained.map(({ cluster: { name }, rank, score }) => [name, rank, score])).toEqual([
    ['a', 1, -7],
    ['b', 2, -100],
    ['off', undefined, -1],
  ]);
  expect(explained.map(({ cluster: { name } }) => name).slice(0, 2)).toEqual(names(plain, clusters));
  expect(explained[2]?.verdicts).toEqual([
    { filter: 'pinned', refusal: undefined },
    { filter: 'enabled', refusal: 'is disabled' },
    { filter: 'draining', refusal: 'is being drained' },
    { filter: 'healthy', refusal: undefined },
    { filter: 'gpu', refusal: undefined },
    { filter: 'storage', refusal: undefined },
    { filter: 'room', refusal: undefined },
  ]);
});
