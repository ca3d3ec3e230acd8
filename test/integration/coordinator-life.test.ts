import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/demo/embedded-postgres.ts';
import { startCoordinator } from '../../src/modes/coordinator.ts';
import { openAdapters } from '../../src/modes/coordinator-adapters.ts';
import { capturedLog } from '../support/captured-log.ts';
import { coordinatorConfig, database, register, runCoordinator, type Site, send, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(120_000);

const example: object = await Bun.file(`${import.meta.dir}/../golden/example/analysis.json`).json();
const analysis = () => ({ ...example, uuid: randomUUID(), user_id: randomUUID() });

let site: Site;
beforeAll(async () => {
  site = await startSite('home');
});
afterAll(() => site.stop());

/** Holds the launch of one analysis on its way to the deployer. */
function hold(uuid: string) {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  site.proxy.intercept(async ({ method, body }, forward) => {
    if (method === 'POST' && body.includes(uuid)) {
      arrived.resolve();
      await released.promise;
    }
    return forward();
  });
  return { arrived: arrived.promise, release: () => released.resolve() };
}

test('a coordinator that is told to stop lets a launch under way end well', async () => {
  const uri = await freshDatabase();
  const coordinator = await runCoordinator(uri, { drainSeconds: '20' });
  await register(coordinator.url, [{ name: 'home', url: site.proxy.url }]);
  const body = analysis();
  const { arrived, release } = hold(body.uuid);
  const launched = send(`${coordinator.url}/vice/launch`, body);
  await arrived;
  const stopped = coordinator.stop();
  release();
  expect((await launched).status).toBe(200);
  await stopped;
  expect(site.objectsOf(body.uuid)).toContain(`Deployment/${body.uuid}`);

  const db = database(uri);
  const [lease] = await db.sql`SELECT lease_owner FROM vice_deployments WHERE external_id = ${body.uuid}`;
  expect(lease).toEqual({ lease_owner: null });
  await db.close();
});

test('a launch that does not end before the process has to is failed, and undone by the next coordinator', async () => {
  const uri = await freshDatabase();
  const db = database(uri);
  const coordinator = await runCoordinator(uri, { drainSeconds: '0' });
  await register(coordinator.url, [{ name: 'home', url: site.proxy.url }]);
  const body = analysis();
  const { arrived, release } = hold(body.uuid);
  const launched = send(`${coordinator.url}/vice/launch`, body).then(
    ({ status }) => status,
    () => 'cut',
  );
  await arrived;
  await coordinator.stop();
  expect([503, 'cut']).toContain(await launched);
  expect(await db.row(body.uuid)).toMatchObject({ state: 'failed', reason: 'unavailable', removal_due: expect.any(Date) });

  release();
  const next = await runCoordinator(uri);
  await waitFor(async () => (await db.row(body.uuid))?.removal_due === null, { timeoutMs: 60_000, what: 'the removal' });
  expect(site.objectsOf(body.uuid)).toEqual([]);
  await next.stop();
  await db.close();
});

test('a coordinator listens before its database answers, says so, and works as soon as it does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vice-late-postgres-'));
  const first = await startEmbeddedPostgres({ folder });
  await first.stop();
  const config = coordinatorConfig(first.uri('postgres'));
  const { log, lines } = capturedLog();
  const coordinator = startCoordinator(config, log, openAdapters(config, log));
  const ready = async () => (await fetch(`${coordinator.url}/readyz`)).status;
  expect((await fetch(`${coordinator.url}/livez`)).status).toBe(200);
  expect(await ready()).toBe(503);
  expect((await fetch(`${coordinator.url}/api/v1/analyses`)).status).toBe(503);
  expect(await (await fetch(`${coordinator.url}/`)).text()).toBe('Hello from app-exposer.');
  await waitFor(() => JSON.stringify(lines).includes('a background worker failed'), { timeoutMs: 60_000, what: 'the log' });

  const again = await startEmbeddedPostgres({ folder, port: first.port });
  await coordinator.prepared;
  expect(await ready()).toBe(200);
  await register(coordinator.url, [{ name: 'home', url: site.proxy.url }]);
  expect((await send(`${coordinator.url}/vice/launch`, analysis())).status).toBe(200);
  await coordinator.stop();
  await again.stop();
  await rm(folder, { recursive: true });
});

test('two coordinators on one database launch an analysis that both are asked for once', async () => {
  const uri = await freshDatabase();
  const [one, two] = await Promise.all([runCoordinator(uri), runCoordinator(uri)]);
  await register(one.url, [{ name: 'home', url: site.proxy.url }]);
  await send(`${two.url}/api/v1/clusters/reload`);
  site.proxy.intercept((_, forward) => forward());
  site.proxy.seen.length = 0;
  const body = analysis();
  const answers = await Promise.all([one, two, one, two].map(({ url }) => send(`${url}/vice/launch`, body)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(site.proxy.seen.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  await Promise.all([one.stop(), two.stop()]);
});

test('the root greets as app-exposer did, and the probes say what is there', async () => {
  const coordinator = await runCoordinator(await freshDatabase());
  const ask = async (path: string) => fetch(`${coordinator.url}${path}`);
  expect(await (await ask('/')).text()).toBe('Hello from app-exposer.');
  expect((await ask('/livez')).status).toBe(200);
  expect(await (await ask('/readyz')).json()).toEqual({ database: true, clusters: true });
  expect(JSON.stringify(await (await ask('/openapi.json')).json())).toContain('/vice/launch');
  await coordinator.stop();
});
