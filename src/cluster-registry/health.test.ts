import { expect, test } from 'bun:test';
import type { ClusterId } from '../schema/ids.ts';
import { ClusterTls } from './cluster-tls.ts';
import { ClusterHealth, type Probe } from './health.ts';
import type { ClusterEntry, Finding } from './ports.ts';

const signal = new AbortController().signal;
const checkedAt = new Date('2026-01-02T03:04:05.000Z');

const answers = (does: boolean): Finding => (does ? { state: 'healthy' } : { state: 'unreachable', reason: 'it did not answer' });

function health(probe: Probe, told: string[] = []): ClusterHealth {
  const tell = (facts: object, message?: string) => void told.push(`${message} ${JSON.stringify(facts)}`);
  return new ClusterHealth({ probe, now: () => checkedAt, log: { info: tell, warn: tell } });
}

function cluster(name: string, changes: Partial<ClusterEntry> = {}): ClusterEntry {
  const id = `00000000-0000-0000-0000-00000000000${name.length}` as ClusterId; // a UUID, which is all that the brand promises
  const at = '2026-01-01T00:00:00.000Z';
  const row = { id, name, deployer_url: `http://${name}`, enabled: true, priority: 1, mtls_enabled: false, profile: {} };
  return { ...row, status: 'registered', created_at: at, updated_at: at, ...changes };
}

/** Probes in rounds; `down` are the names that do not answer in each. */
async function after(clusters: readonly ClusterEntry[], ...rounds: string[][]): Promise<(name: string) => string | undefined> {
  let down: string[] = [];
  const found = health(({ name }) => Promise.resolve(answers(!down.includes(name))));
  for (const round of rounds) {
    down = round;
    for (const each of clusters) await found.probe(each, signal);
  }
  return (name) => clusters.map((each) => found.seen(each)).find((each) => each.name === name)?.status;
}

const both = [cluster('east'), cluster('northwest')];

test('a cluster of which nothing is known is as it was registered', async () => {
  expect((await after(both))('east')).toBe('registered');
});

test('one failure makes no cluster unreachable, two in a row do', async () => {
  expect((await after(both, ['east']))('east')).toBe('registered');
  const status = await after(both, ['east'], ['east']);
  expect([status('east'), status('northwest')]).toEqual(['unreachable', 'healthy']);
});

test('one that was unreachable is well again after two answers in a row', async () => {
  expect((await after(both, ['east'], ['east'], []))('east')).toBe('unreachable');
  expect((await after(both, ['east'], ['east'], [], ['east'], []))('east')).toBe('unreachable');
  expect((await after(both, ['east'], ['east'], [], []))('east')).toBe('healthy');
});

test('one that loses every other packet stays as it was', async () => {
  expect((await after(both, [], ['east'], [], ['east'], [], ['east']))('east')).toBe('healthy');
});

test('a launch that finds no sign of life is enough, and only probes take it back', async () => {
  const found = health(() => Promise.resolve(answers(true)));
  const east = cluster('east');
  await found.probe(east, signal);
  expect(found.closedBecause(east)).toBeUndefined();
  found.lost(east, { state: 'unreachable', reason: 'it hangs' }, checkedAt.getTime());
  expect(found.closedBecause(east)).toEqual({ state: 'unreachable', reason: 'it hangs' });
  expect(found.seen(east)).toMatchObject({ status: 'unreachable', status_reason: 'it hangs' });
  await found.probe(east, signal);
  expect(found.closedBecause(east)).toEqual({ state: 'unreachable', reason: 'it hangs' });
  await found.probe(east, signal);
  expect(found.closedBecause(east)).toBeUndefined();
  found.lost(east, { state: 'unreachable', reason: 'it hung' }, checkedAt.getTime() - 1); // of a launch that began before it was well again
  expect(found.seen(east).status).toBe('healthy');
});

test('a cluster with another address, or other certificates, is another line', async () => {
  const found = health(() => Promise.resolve(answers(true)));
  found.lost(cluster('east'), { state: 'unreachable', reason: 'it hangs' }, 0);
  expect(found.closedBecause(cluster('east', { deployer_url: 'http://moved' }))).toBeUndefined();
  expect(found.closedBecause(cluster('east', { tls: new ClusterTls({ ca: 'x' }) }))).toBeUndefined();
  found.keepOnly([]);
  expect(found.closedBecause(cluster('east'))).toBeUndefined();
});

test('the list of clusters is the same array until something is found', async () => {
  const found = health(() => Promise.resolve(answers(true)));
  const before = found.seenAll(both);
  expect(found.seenAll(both)).toBe(before);
  await found.probe(cluster('east'), signal);
  expect(found.seenAll(both)).not.toBe(before);
});

test('what an administrator decided stands', async () => {
  const draining = cluster('east', { status: 'draining' });
  expect((await after([draining], ['east'], ['east']))('east')).toBe('draining');
});

test('a disabled cluster is asked too, stays disabled, and nobody is alarmed', async () => {
  const told: string[] = [];
  const found = health(() => Promise.resolve({ state: 'unreachable', reason: 'it is not there yet' }), told);
  const east = cluster('east', { enabled: false, status: 'disabled' });
  for (const _ of [1, 2]) await found.probe(east, signal);
  expect(found.seen(east)).toMatchObject({ status: 'disabled', connection: { state: 'unreachable', reason: 'it is not there yet' } });
  expect(told).toEqual([]);
});

test('a cluster that was just registered is asked in between, and the others are as they were', async () => {
  const found = health(({ name }) => Promise.resolve(answers(name === 'east')));
  await found.probe(cluster('northwest'), signal);
  await found.probe(cluster('east'), signal);
  expect(found.seen(cluster('east'))).toMatchObject({ status: 'healthy', connection: { state: 'healthy' } });
  expect(found.seen(cluster('northwest'))).toMatchObject({ connection: { state: 'unreachable' } });
});

test('the log hears once that a cluster is gone and once that it is back, and the cluster says when it was asked', async () => {
  const told: string[] = [];
  let isUp = false;
  const found = health(() => Promise.resolve(answers(isUp)), told);
  const east = cluster('east');
  for (const _ of [1, 2, 3]) await found.probe(east, signal);
  isUp = true;
  for (const _ of [1, 2, 3]) await found.probe(east, signal);
  expect(told.map((line) => line.slice(0, 27))).toEqual(['a cluster does not answer; ', 'a cluster answers again {"c']);
  expect(found.seen(east).last_health_check).toBe('2026-01-02T03:04:05.000Z');
});

test('a certificate that is refused counts at once, and the cluster says why', async () => {
  const told: string[] = [];
  const found = health(() => Promise.resolve({ state: 'auth_failed', reason: 'it has expired' }), told);
  const east = cluster('east');
  for (const _ of [1, 2]) await found.probe(east, signal);
  expect(found.seen(east)).toMatchObject({ status: 'auth_failed', status_reason: 'it has expired' });
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('it has expired');
});

test('the version and the clock of a deployer are known from its last answer, and a clock that goes wrong is told once, as is its end', async () => {
  const told: string[] = [];
  const rounds = [0, -5_001, -9_000, undefined, 9_000, 5_000];
  const found = health(() => {
    const clock_skew_ms = rounds.shift();
    if (clock_skew_ms === undefined) return Promise.resolve(answers(false));
    return Promise.resolve({ state: 'healthy', deployer: { version: '1.2.3', clock_skew_ms } });
  }, told);
  const east = cluster('east');
  const skews: unknown[] = [];
  while (rounds.length > 0) {
    await found.probe(east, signal);
    skews.push(found.seen(east).deployer?.clock_skew_ms);
  }
  expect(skews).toEqual([0, -5_001, -9_000, -9_000, 9_000, 5_000]);
  expect(found.seen(east)).toMatchObject({ connection: { state: 'healthy' }, deployer: { version: '1.2.3' } });
  expect(told.map((line) => line.slice(0, 31))).toEqual(['the clock of a deployer differs', 'the clock of a deployer is righ']);
});
