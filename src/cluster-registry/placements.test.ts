import { expect, test } from 'bun:test';
import { selectorBy } from '../cluster-selector/rank.ts';
import type { ClusterId } from '../schema/ids.ts';
import { Placements } from './placements.ts';
import type { ClusterEntry } from './ports.ts';
import { ClusterUsage, type UsageRow } from './usage.ts';

const signal = new AbortController().signal;
const plain = { gpus: 0, gpu_models: [] };

function cluster(name: string, slots: number): ClusterEntry {
  const at = '2026-01-01T00:00:00.000Z';
  const row = { id: name as ClusterId, name, deployer_url: `http://${name}`, enabled: true, priority: 1, mtls_enabled: false };
  return { ...row, profile: { capacity: { slots } }, status: 'registered', created_at: at, updated_at: at };
}

/** Placements on clusters of these slots; `counts` is what each count of the database finds of them. */
function placing(slots: Readonly<Record<string, number>>, counts: readonly Readonly<Record<string, number>>[]) {
  const asked: string[] = [];
  const usage = async (): Promise<UsageRow[]> => {
    const count = counts[Math.min(asked.push('count'), counts.length) - 1] ?? {};
    const nothing = { image: null, cpu_millicores: 0, memory_bytes: 0, gpus: 0 };
    return Object.entries(count).map(([id, used]) => ({ cluster_id: id as ClusterId, slots: used, ...nothing }));
  };
  const entries = Object.entries(slots).map(([name, most]) => cluster(name, most));
  const counted = new ClusterUsage({ usage });
  const placements = new Placements({ selector: selectorBy('priority'), snapshot: () => entries, usage: counted });
  const names = async () => (await placements.rank(plain, signal)).ranked.map(({ name }) => name);
  return { asked, counted, placements, names };
}

test('where there is room everywhere nothing is asked', async () => {
  const { names, asked } = placing({ a: 1, b: 1 }, [{}]);
  expect(await names()).toEqual(['a', 'b']);
  expect(asked).toEqual([]);
});

test('what this process has placed counts at once', async () => {
  const { names, placements, asked } = placing({ a: 1, b: 1 }, [{ a: 1 }]);
  placements.placed('a' as ClusterId, plain);
  expect(await names()).toEqual(['b']);
  expect(await names()).toEqual(['b']);
  expect(asked).toEqual(['count']); // it was counted a moment ago
});

test('a launch that finds no room anywhere has it counted anew, however new the count is', async () => {
  const { counted, names } = placing({ a: 1 }, [{ a: 1 }, { a: 1 }, {}]);
  await counted.count(signal);
  expect(await names()).toEqual([]);
  expect(await names()).toEqual(['a']);
});

test('however many ask while it is counted, one count more serves them all', async () => {
  const { counted, asked } = placing({ a: 1 }, [{}]);
  await Promise.all(Array.from({ length: 50 }, () => counted.count(signal)));
  expect(asked.length).toBeLessThanOrEqual(2);
});

test('a count that fails leaves the one before, and the next one is made', async () => {
  let isUp = true;
  const usage = new ClusterUsage({
    usage: async () => {
      if (!isUp) throw new Error('away');
      return [{ cluster_id: 'a' as ClusterId, image: 'x', slots: 3, cpu_millicores: 1, memory_bytes: 2, gpus: 0 }];
    },
  });
  await usage.count(signal);
  isUp = false;
  await expect(usage.count(signal)).rejects.toThrow('away');
  expect(usage.of('a' as ClusterId)).toMatchObject({ slots: 3, images: new Map([['x', 3]]) });
  isUp = true;
  await usage.count(signal);
  expect(usage.of('a' as ClusterId).slots).toBe(3);
});
