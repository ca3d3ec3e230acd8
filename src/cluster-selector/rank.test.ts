import { describe, expect, test } from 'bun:test';
import type { ClusterId } from '../schema/ids.ts';
import type { PlacementRequest, SelectableCluster } from './cluster-selector.ts';
import { rank, selectorBy } from './rank.ts';

const plain: PlacementRequest = { gpus: 0, gpu_models: [] };
const gpu: PlacementRequest = { gpus: 2, gpu_models: ['NVIDIA-A16', 'NVIDIA-L40S'] };

function cluster(name: string, more: Partial<SelectableCluster> = {}): SelectableCluster {
  // The selector never looks into an id, any text will do.
  return { id: name as ClusterId, name, enabled: true, priority: 100, profile: {}, status: 'registered', ...more };
}

const names = (request: PlacementRequest, clusters: readonly SelectableCluster[]) => rank(request, clusters).ranked.map(({ name }) => name);

describe('the order', () => {
  const clusters = [cluster('c', { priority: 50 }), cluster('b', { priority: 100 }), cluster('a', { priority: 100 }), cluster('d', { priority: 0 })];

  test('is that of the priorities, lowest first, then of the names', () => {
    expect(names(plain, clusters)).toEqual(['d', 'c', 'a', 'b']);
  });

  test('is the same whatever order the clusters come in, and leaves the list as it was', () => {
    const reversed = clusters.toReversed();
    expect(names(plain, reversed)).toEqual(names(plain, clusters));
    expect(reversed.map(({ name }) => name)).toEqual(['d', 'a', 'b', 'c']);
  });

  test('says why', () => {
    expect(rank(plain, clusters).ranked[0]).toMatchObject({ name: 'd', why: 'priority 0' });
  });

  test('can be somebody else’s', () => {
    const longestName = selectorBy({ compare: (a, b) => b.name.length - a.name.length, why: () => 'has the longest name' });
    expect(longestName.rank(plain, [cluster('a'), cluster('abc')]).ranked[0]).toMatchObject({ name: 'abc', why: 'has the longest name' });
  });
});

describe('a cluster is refused with its reason', () => {
  test.each<[string, PlacementRequest, Partial<SelectableCluster>, string]>([
    ['disabled', plain, { enabled: false }, 'is disabled'],
    ['with a faulty row', plain, { enabled: false, fault: 'has a faulty profile' }, 'has a faulty profile'],
    ['draining', plain, { profile: { draining: true } }, 'is being drained'],
    ['unreachable', plain, { status: 'unreachable' }, 'does not answer'],
    ['of another trust', plain, { status: 'auth_failed' }, 'and the coordinator do not trust each other'],
    ['not asked for', { ...plain, cluster_id: 'other' as ClusterId }, {}, 'is not the one that was asked for'],
    ['without a slot', plain, { profile: { capacity: { slots: 3 } }, used: { slots: 3 } }, 'has 0 of 3 slots left, 1 is needed'],
    ['overbooked', plain, { profile: { capacity: { slots: 3 } }, used: { slots: 5 } }, 'has 0 of 3 slots left, 1 is needed'],
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
    ['with too few GPUs', gpu, { profile: { capacity: { gpus: 1 } } }, 'has 1 of 1 GPUs left, 2 are needed'],
    ['with other GPUs', gpu, { profile: { gpu: { models: ['NVIDIA-A100'] } } }, 'has no GPU of the models NVIDIA-A16, NVIDIA-L40S'],
    ['of another vendor', { ...gpu, gpu_vendor: 'nvidia' }, { profile: { gpu: { vendor: 'amd' } } }, 'has GPUs of amd, not of nvidia'],
  ])('%s', (_, request, more, reason) => {
    const { ranked, refused } = rank(request, [cluster('one', more)]);
    expect(ranked).toEqual([]);
    expect(refused).toMatchObject([{ cluster_id: 'one', name: 'one', reason: expect.stringContaining(reason) }]);
  });
});

describe('a cluster is taken', () => {
  test.each<[string, PlacementRequest, Partial<SelectableCluster>]>([
    ['with one of the models', gpu, { profile: { gpu: { models: ['NVIDIA-L40S'] } } }],
    ['that says nothing of its GPUs', gpu, {}],
    ['without GPUs by whoever needs none', plain, { profile: { capacity: { gpus: 0 }, gpu: { models: [] } } }],
    ['whose health is not known', plain, { status: 'registered' }],
    ['whose row went bad while its last good state is known', plain, { fault: 'has a faulty profile' }],
    ['on its last slot', plain, { profile: { capacity: { slots: 3 } }, used: { slots: 2 } }],
    ['by name', { ...plain, cluster_id: 'one' as ClusterId }, {}],
  ])('%s', (_, request, more) => {
    expect(names(request, [cluster('one', more)])).toEqual(['one']);
  });
});
