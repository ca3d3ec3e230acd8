import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { launchBody } from '../support/launch-bodies.ts';
import { database, register, runCoordinator, type Site, send, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(120_000);

let site: Site;
let coordinator: Coordinator;
let db: ReturnType<typeof database>;
beforeAll(async () => {
  const uri = await freshDatabase();
  db = database(uri);
  [site, coordinator] = await Promise.all([startSite('east'), runCoordinator(uri)]);
  await register(coordinator.url, [{ name: 'east', url: site.proxy.url }]);
});
afterAll(async () => {
  await Promise.all([coordinator.stop(), site.stop(), db.close()]);
});

test('a request of an earlier attempt that comes after a later life has ended, too, finds a fence', async () => {
  const id = randomUUID();
  const launch = () => send(`${coordinator.url}/vice/launch`, launchBody({ top: { uuid: id, user_id: id } }));
  let late: (() => Promise<Response>) | undefined;
  site.proxy.intercept(async ({ method }, forward) => {
    if (method !== 'POST' || late !== undefined) return forward();
    late = forward; // whoever stands between says that it gave up, and did not
    return new Response('<html>gateway time-out</html>', { status: 504 });
  });
  expect((await launch()).status).toBe(503);
  expect((await launch()).status).toBe(200);
  expect(site.objectsOf(id).length).toBeGreaterThan(3);
  expect((await send(`${coordinator.url}/vice/${id}/exit`)).status).toBe(200);
  const isStopped = async () => (await db.row(id))?.state === 'stopped';
  await waitFor(isStopped, { timeoutMs: 60_000, what: 'the analysis to be removed' });

  const answer = await late?.();
  expect([answer?.status, await answer?.json()]).toEqual([409, expect.objectContaining({ code: 'fenced' })]);
  expect(site.objectsOf(id)).toEqual([]);
});

test('an analysis that was launched again after a plain exit leaves nothing when it ends, not even a fence', async () => {
  const id = randomUUID();
  site.proxy.intercept((_, forward) => forward());
  const isStopped = async () => (await db.row(id))?.state === 'stopped';
  for (const life of ['first', 'second', 'third']) {
    expect([life, (await send(`${coordinator.url}/vice/launch`, launchBody({ top: { uuid: id, user_id: id } }))).status]).toEqual([life, 200]);
    expect((await send(`${coordinator.url}/vice/${id}/exit`)).status).toBe(200);
    await waitFor(isStopped, { timeoutMs: 60_000, what: 'the analysis to be removed' });
    expect(site.sandbox.api.store.all().filter(({ metadata }) => metadata.name.includes(id))).toEqual([]);
  }
});
