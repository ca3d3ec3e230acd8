import { expect, test } from 'bun:test';
import type { ClusterId } from '../schema/ids.ts';
import { ClusterHealth } from './health.ts';
import { HealthProbes } from './health-probes.ts';
import type { ClusterEntry, Finding } from './ports.ts';

const signal = new AbortController().signal;
const silent = { info: () => undefined, warn: () => undefined };

function cluster(name: string): ClusterEntry {
  const at = '2026-01-01T00:00:00.000Z';
  const row = { id: name as ClusterId, name, deployer_url: `http://${name}`, enabled: true, priority: 1, mtls_enabled: false, profile: {} };
  return { ...row, status: 'registered', created_at: at, updated_at: at };
}

/** Probes on a clock that the test moves. `down` do not answer, `hanging` never end. */
function probing(clusters: readonly ClusterEntry[], random = () => 0.5) {
  const asked: string[] = [];
  const down = new Set<string>();
  const hanging = new Set<string>();
  const now = { ms: 0 };
  const probe = ({ name }: ClusterEntry): Promise<Finding> => {
    asked.push(name);
    if (hanging.has(name)) return new Promise(() => undefined);
    return Promise.resolve(down.has(name) ? { state: 'unreachable', reason: 'it is dark' } : { state: 'healthy' });
  };
  const health = new ClusterHealth({ probe, now: () => new Date(), log: silent });
  const probes = new HealthProbes({ health, clusters: () => clusters, everyMs: 5_000, now: () => now.ms, random });
  const at = async (ms: number) => {
    now.ms = ms;
    asked.length = 0;
    probes.startDue(signal);
    if (hanging.size === 0) await probes.idle();
    else await new Promise(setImmediate);
    return [...asked];
  };
  return { at, down, hanging };
}

test('all are asked at once in the beginning, and each again when its pause is over', async () => {
  const { at } = probing([cluster('a'), cluster('b')]);
  expect(await at(0)).toEqual(['a', 'b']);
  expect(await at(4_999)).toEqual([]);
  expect(await at(5_000)).toEqual(['a', 'b']);
});

test('pauses are up to a quarter shorter or longer, so that clusters are not asked all at once', async () => {
  const randoms = [0, 0.99];
  const { at } = probing([cluster('early'), cluster('late')], () => randoms.shift() ?? 0.5);
  await at(0);
  expect(await at(3_750)).toEqual(['early']);
  expect(await at(6_230)).toEqual(['late']);
});

test('one that failed is asked again after a second, until it is sure how it is', async () => {
  const { at, down } = probing([cluster('a'), cluster('b')]);
  down.add('a');
  await at(0);
  expect(await at(1_000)).toEqual(['a']);
  expect(await at(2_000)).toEqual(['a']);
  down.clear();
  expect(await at(3_000)).toEqual(['a']);
  expect(await at(4_000)).toEqual(['a']); // the second answer: it is well
  expect(await at(5_000)).toEqual(['b']);
});

test('one that hangs is not asked twice at once, and the others are asked in their time', async () => {
  const { at, hanging } = probing([cluster('a'), cluster('b')]);
  hanging.add('a');
  expect(await at(0)).toEqual(['a', 'b']);
  expect(await at(5_000)).toEqual(['b']);
  expect(await at(10_000)).toEqual(['b']);
});

test('so many probes at once and no more, and those that wait come next', async () => {
  const names = Array.from({ length: 70 }, (_, n) => `c${n}`);
  const { at } = probing(names.map(cluster));
  expect(await at(0)).toEqual(names.slice(0, 64));
  expect(await at(1)).toEqual(names.slice(64));
});
