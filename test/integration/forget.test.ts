import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { check } from '../../src/schema/check.ts';
import { ForgottenCluster } from '../../src/schema/cluster.ts';
import { vice } from '../support/command.ts';
import { launchBody } from '../support/launch-bodies.ts';
import { database, register, runCoordinator, type Site, send, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(120_000);

let east: Site;
let west: Site;
let coordinator: Coordinator;
let db: ReturnType<typeof database>;
let eastId: string;
let westId: string;

beforeAll(async () => {
  const uri = await freshDatabase();
  db = database(uri);
  [east, west, coordinator] = await Promise.all([startSite('east'), startSite('west'), runCoordinator(uri, { probeEveryMs: 50 })]);
});
afterAll(async () => {
  await coordinator.stop();
  await Promise.all([east.stop(), west.stop(), db.close()]);
});
beforeEach(async () => {
  await db.sql`DELETE FROM vice_deployments`;
  await db.sql`DELETE FROM vice_tombstones`;
  await db.sql`DELETE FROM vice_clusters`;
  await back();
  [eastId = '', westId = ''] = await register(
    coordinator.url,
    [east, west].map(({ name, proxy }) => ({ name, url: proxy.url })),
  );
});

const analysis = () => launchBody({ top: { uuid: randomUUID(), user_id: randomUUID() } });
const uuidOf = (body: Record<string, unknown>) => String(body['uuid']);
const launch = async (body: object) => (await send(`${coordinator.url}/vice/launch`, body)).status;
const until = (what: string, ask: () => unknown) => waitFor(() => ask() === true, { timeoutMs: 60_000, what });
const shown = async (id: string) => JSON.parse(await (await fetch(`${coordinator.url}/api/v1/clusters/${id}`)).text());
const connection = async (id: string) => (await shown(id)).connection?.state;
const status = async (id: string) => (await shown(id)).status;
const found = (id: string, state: string) =>
  waitFor(async () => (await connection(id)) === state, { timeoutMs: 60_000, what: `${id} to be found ${state}` });

/** The deployer of east takes no request any more. */
async function away() {
  east.proxy.intercept(async () => 'reset');
  await found(eastId, 'unreachable');
}
const back = async () => east.proxy.intercept((_, forward) => forward());

async function forget(id: string, document: unknown) {
  const answer = await send(`${coordinator.url}/api/v1/clusters/${id}/forget`, document);
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

test('a dead cluster is forgotten: its analyses end with the reason, and what comes back with it is removed there and not adopted', async () => {
  const [stays, moves] = [analysis(), analysis()];
  expect([await launch(stays), await launch(moves)]).toEqual([200, 200]);
  await away();
  const { status, body } = await forget(eastId, { confirm: 'east' });
  expect(status).toBe(200);
  expect(check(ForgottenCluster, body)).toMatchObject({ ok: true });
  expect(body).toMatchObject({ cluster: { id: eastId, enabled: false }, analyses: 2 });
  expect([(await shown(eastId)).tombstones, (await shown(westId)).tombstones]).toEqual([2, 0]);
  expect((await vice(['clusters', 'get', 'east'], { env: { VICE_COORDINATOR: coordinator.url } })).out).toMatch(
    /^forgotten +2 analyses may still be there$/m,
  );
  expect(await db.row(uuidOf(stays))).toMatchObject({
    state: 'failed',
    reason: 'cluster_forgotten',
    cluster_id: null,
    removal_due: null,
    attempt: 2,
  });

  expect(await launch(moves)).toBe(200); // its user does not wait for the dead
  expect(await db.row(uuidOf(moves))).toMatchObject({ state: 'applied', cluster_id: westId, attempt: 3 });
  expect(east.objectsOf(uuidOf(stays))).not.toEqual([]);
  await back();
  await until('east to be swept', () => east.objectsOf(uuidOf(stays)).length + east.objectsOf(uuidOf(moves)).length === 0);
  await waitFor(async () => (await shown(eastId)).tombstones === 0, { timeoutMs: 60_000, what: 'the tombstones to be gone' });
  expect(west.objectsOf(uuidOf(moves))).toContain(`Deployment/${uuidOf(moves)}`);
  expect(await db.row(uuidOf(moves))).toMatchObject({ state: 'applied', attempt: 3 });
  expect((await db.row(uuidOf(stays)))?.state).toBe('failed');
});

test('one that is deleted after it was forgotten, and registered anew under the same address, is swept too', async () => {
  const body = analysis();
  expect(await launch(body)).toBe(200);
  await away();
  await forget(eastId, { confirm: 'east' });
  const gone = await fetch(`${coordinator.url}/api/v1/clusters/${eastId}`, { method: 'DELETE' });
  expect(gone.status).toBe(204);
  expect(await db.sql`SELECT 1 FROM vice_tombstones WHERE cluster_id IS NULL AND cluster_name = 'east'`).toHaveLength(1);
  const [again = ''] = await register(coordinator.url, [{ name: 'east', url: `${east.proxy.url}/` }]);
  expect(again).not.toBe(eastId);
  expect((await shown(again)).tombstones).toBe(1);
  await back();
  await until('east to be swept', () => east.objectsOf(uuidOf(body)).length === 0);
  expect(await db.row(uuidOf(body))).toMatchObject({ state: 'failed', cluster_id: null });
});

test('a launch does not go where its former life is not removed yet, or it would be taken over', async () => {
  const body = analysis();
  expect(await launch(body)).toBe(200);
  await away();
  await forget(eastId, { confirm: 'east' });
  east.proxy.intercept(async ({ method }, onward) => (method === 'DELETE' ? 'reset' : onward()));
  await found(eastId, 'healthy');
  await send(`${coordinator.url}/api/v1/clusters/${eastId}/enable`);
  await waitFor(async () => (await status(eastId)) === 'healthy', { timeoutMs: 60_000, what: 'east to take launches' });
  expect(await launch(body)).toBe(200);
  expect(await db.row(uuidOf(body))).toMatchObject({ state: 'applied', cluster_id: westId });
  const other = analysis();
  expect(await launch(other)).toBe(200); // which has no former life there
  expect(await db.row(uuidOf(other))).toMatchObject({ cluster_id: eastId });
  await back();
  await until('east to be swept', () => east.objectsOf(uuidOf(body)).length === 0);
  expect(west.objectsOf(uuidOf(body))).not.toEqual([]);
});

test('what was leaving has left, what was never applied has failed, and a launch that is on its way learns of it', async () => {
  const held = analysis();
  const leaving = analysis();
  expect(await launch(leaving)).toBe(200);
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  east.proxy.intercept(async ({ method }, forward) => {
    if (method !== 'POST') return 'reset';
    arrived.resolve();
    await released.promise;
    return forward();
  });
  const launching = launch(held);
  await arrived.promise;
  await send(`${coordinator.url}/vice/${uuidOf(leaving)}/exit`);
  await found(eastId, 'unreachable');
  expect(await forget(eastId, { confirm: 'east' })).toMatchObject({ status: 200, body: { analyses: 2 } });
  expect(await db.row(uuidOf(leaving))).toMatchObject({ state: 'stopped', reason: null });
  released.resolve();
  expect(await launching).toBe(503);
  expect(await db.row(uuidOf(held))).toMatchObject({ state: 'failed', reason: 'cluster_forgotten' });
  await back();
  await until('nothing to be left', () => [held, leaving].every((body) => east.objectsOf(uuidOf(body)).length === 0));
});

test('it is refused without the name of the cluster, and while the deployer answers, and nothing ends', async () => {
  const body = analysis();
  await launch(body);
  await found(eastId, 'healthy');
  expect(await forget(eastId, { confirm: 'west' })).toMatchObject({ status: 400, body: { faults: [{ path: 'confirm' }] } });
  expect(await forget(eastId, {})).toMatchObject({ status: 400, body: { faults: [{ path: 'confirm' }] } });
  expect(await forget(eastId, { confirm: 'east' })).toMatchObject({ status: 409, body: { detail: expect.stringContaining('answers') } });
  expect(await forget(randomUUID(), { confirm: 'east' })).toMatchObject({ status: 404 });
  expect(await db.row(uuidOf(body))).toMatchObject({ state: 'applied', cluster_id: eastId });
});

test('forgetting leaves its row in the audit, and forgetting again finds nothing more to end', async () => {
  await launch(analysis());
  await away();
  expect(await forget(eastId, { confirm: 'east' })).toMatchObject({ status: 200, body: { analyses: 1 } });
  expect(await forget(eastId, { confirm: 'east' })).toMatchObject({ status: 200, body: { analyses: 0 } });
  const { entries } = JSON.parse(await (await fetch(`${coordinator.url}/api/v1/audit`)).text());
  expect(entries[0]).toMatchObject({ action: 'forget', cluster_id: eastId, after: { enabled: false } });
});
