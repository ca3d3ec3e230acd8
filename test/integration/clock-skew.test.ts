import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { check } from '../../src/schema/check.ts';
import { Cluster } from '../../src/schema/cluster.ts';
import { capturedLog } from '../support/captured-log.ts';
import { register, runCoordinator, type Site, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

const { log, lines } = capturedLog();
let site: Site;
let coordinator: Coordinator;
let id: string;
beforeAll(async () => {
  site = await startSite('east');
  coordinator = await runCoordinator(await freshDatabase(), { log, probeEveryMs: 50 });
  const [first = ''] = await register(coordinator.url, [{ name: 'east', url: site.proxy.url }]);
  id = first;
}, 60_000);
afterAll(async () => {
  await coordinator.stop();
  await site.stop();
});

/** The clock of the deployer is off by so much. */
function shiftClock(shiftMs: number): void {
  site.proxy.intercept(async (request, forward) => {
    const answer = await forward();
    if (!request.path.endsWith('/health')) return answer;
    const health = Object(await answer.json());
    return Response.json({ ...health, now: new Date(Date.parse(health.now) + shiftMs).toISOString() });
  });
}

async function untilSkew(holds: (milliseconds: number) => boolean): Promise<Cluster> {
  const seen = async () => {
    const cluster = check(Cluster, await (await fetch(`${coordinator.url}/api/v1/clusters/${id}`)).json());
    return cluster.ok && cluster.value.deployer && holds(cluster.value.deployer.clock_skew_ms) && cluster.value;
  };
  return waitFor(seen, { timeoutMs: 30_000, what: 'the skew to be seen' });
}

const told = () => lines.filter(({ message }) => String(message).startsWith('the clock of a deployer'));

test('a deployer whose clock goes wrong is seen by the API, the log and the metrics, counts as healthy all the same, and is right again later', async () => {
  expect((await untilSkew((skew) => skew === 0)).deployer?.version).toBe('development');
  shiftClock(-60_000);
  const wrong = await untilSkew((skew) => skew < -30_000);
  expect(wrong.status).toBe('healthy');
  expect(told()).toMatchObject([{ level: 'warn', cluster: 'east', cluster_id: id }]);
  const metrics = await (await fetch(`${coordinator.url}/metrics`)).text();
  expect(metrics).toMatch(/\nvice_cluster_clock_skew_seconds\{cluster="east"\} -[3-6]\d/);
  shiftClock(0);
  await untilSkew((skew) => skew === 0);
  expect(told().map(({ level }) => level)).toEqual(['warn', 'info']);
}, 90_000);
