import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { launchBody } from '../support/launch-bodies.ts';
import { database, register, runCoordinator, send } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { type StandInDeployer, startStandInDeployer } from '../support/stand-in-deployer.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(120_000);

const PROBE = 'GET /api/v1/health';

let coordinator: Coordinator;
let db: ReturnType<typeof database>;
let deployers: StandInDeployer[];
let ids: string[];
/** The first to be asked of a hundred. */
let first: StandInDeployer;

beforeAll(async () => {
  const uri = await freshDatabase();
  db = database(uri);
  deployers = Array.from({ length: 100 }, startStandInDeployer);
  first = deployers[0] ?? startStandInDeployer();
  coordinator = await runCoordinator(uri, { probeEveryMs: 200 });
  ids = await register(
    coordinator.url,
    deployers.map(({ url }, index) => ({ name: `c${index}`, url, profile: index === 0 ? {} : { capacity: { slots: 5 } } })),
  );
});
afterAll(async () => {
  for (const each of deployers) each.answerAgain();
  await coordinator.stop();
  await Promise.all([...deployers.map((each) => each.stop()), db.close()]);
});

const launch = async (body = launchBody({ top: { uuid: randomUUID(), user_id: randomUUID() } })) =>
  (await send(`${coordinator.url}/vice/launch`, body)).status;
/** Thirty at once: coordinator, deployers and callers share the connections of this process. */
async function launches(number: number): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < number) statuses.push(...(await Promise.all(Array.from({ length: 30 }, () => launch()))));
  return statuses;
}
const cluster = async (n: number) => JSON.parse(await (await fetch(`${coordinator.url}/api/v1/clusters/${ids[n]}`)).text());
const found = (n: number, status: string) =>
  waitFor(async () => (await cluster(n)).status === status, { timeoutMs: 60_000, what: `cluster ${n} to be ${status}` });
const ofLaunches = () => first.seen.filter((line) => line !== PROBE);

test('a cluster that takes connections and never answers is found out in the background, and then no launch waits for it, not one of 300', async () => {
  await found(0, 'healthy');
  expect(await launch()).toBe(200);
  expect(first.held.size).toBe(1);
  first.hang();
  await found(0, 'unreachable');
  first.seen.length = 0;
  expect((await launches(300)).filter((status) => status !== 200)).toEqual([]);
  expect(ofLaunches()).toEqual([]);
  expect(deployers.slice(1).reduce((sum, { held }) => sum + held.size, 0)).toBe(300);
  expect(await cluster(0)).toMatchObject({
    status: 'unreachable',
    status_reason: expect.stringContaining('did not answer'),
    last_health_check: expect.stringMatching(/^\d{4}-/),
  });
});

test('it is asked again by probes alone, and used again when it has answered twice', async () => {
  first.seen.length = 0;
  first.answerAgain();
  await found(0, 'healthy');
  expect(ofLaunches()).toEqual([]);
  expect(first.seen.length).toBeGreaterThanOrEqual(2);
  expect(await launch()).toBe(200);
  expect(first.held.size).toBe(2);
});
