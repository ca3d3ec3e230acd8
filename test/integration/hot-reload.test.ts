import { afterAll, afterEach, beforeAll, expect, describe as group, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { check } from '../../src/schema/check.ts';
import { type Cluster, ClusterList } from '../../src/schema/cluster.ts';
import { authority } from '../support/certificates.ts';
import { launchBody } from '../support/launch-bodies.ts';
import { database, register, runCoordinator, send } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { type StandInDeployer, startStandInDeployer } from '../support/stand-in-deployer.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(120_000);

/** Longer than any test. */
const NEVER = '86400';

let uri: string;
let db: ReturnType<typeof database>;
let deployers: StandInDeployer[];
let coordinators: Coordinator[] = [];
const first = () => coordinators[0]?.url ?? '';

beforeAll(async () => {
  uri = await freshDatabase();
  db = database(uri);
  deployers = [startStandInDeployer(), startStandInDeployer()];
});
afterAll(async () => {
  await Promise.all([...deployers.map((each) => each.stop()), db.close()]);
});
afterEach(async () => {
  await Promise.all(coordinators.map((each) => each.stop()));
  await db.sql`DELETE FROM vice_deployments`;
  await db.sql`DELETE FROM vice_clusters`;
  await db.sql`ALTER TABLE vice_clusters ENABLE TRIGGER vice_clusters_changed`;
});

const two = async (...flags: string[]) => {
  coordinators = [await runCoordinator(uri, { flags, probeEveryMs: 1_000 }), await runCoordinator(uri, { flags, probeEveryMs: 1_000 })];
};
/** From now on the database tells nobody of a change. */
const untold = () => db.sql`ALTER TABLE vice_clusters DISABLE TRIGGER vice_clusters_changed`;
const insert = (name: string) => db.sql`INSERT INTO vice_clusters (name, deployer_url) VALUES (${name}, ${deployers[0]?.url ?? ''})`;

async function clustersOf({ url }: Coordinator): Promise<readonly Cluster[]> {
  const list = check(ClusterList, await (await fetch(`${url}/api/v1/clusters`)).json());
  if (!list.ok) throw new Error(JSON.stringify(list.faults));
  return list.value.clusters;
}
const everywhere = (what: string, holds: (clusters: readonly Cluster[]) => boolean) =>
  waitFor(async () => (await Promise.all(coordinators.map(clustersOf))).every(holds), { timeoutMs: 60_000, what, everyMs: 10 });
const named = (name: string) => everywhere(`cluster ${name} in every coordinator`, (clusters) => clusters.some((each) => each.name === name));

group('a change comes to every coordinator', () => {
  test('by NOTIFY alone', async () => {
    await two('--registry-reload-seconds', NEVER);
    await insert('told');
    await named('told');
  });

  test('by the timer alone', async () => {
    await two('--registry-reload-seconds', '1');
    await untold();
    await insert('timed');
    await named('timed');
  });

  test('by a request to one of them alone', async () => {
    await two('--registry-reload-seconds', NEVER);
    await untold();
    await insert('asked-for');
    expect(await Promise.all(coordinators.map(clustersOf))).toEqual([[], []]);
    const answer = await send(`${first()}/api/v1/clusters/reload`);
    expect(check(ClusterList, await answer.json())).toMatchObject({ ok: true, value: { clusters: [{ name: 'asked-for' }] } });
    await named('asked-for');
  });

  test('by the files alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vice-clusters-'));
    await mkdir(join(folder, 'east'));
    const write = async () => {
      await writeFile(join(folder, 'new.crt'), authority('an authority').cert);
      await rename(join(folder, 'new.crt'), join(folder, 'east', 'ca.crt'));
    };
    await write();
    await two('--registry-reload-seconds', NEVER, '--cluster-tls-dir', folder);
    await db.sql`INSERT INTO vice_clusters (name, deployer_url, client_key_ref) VALUES ('filed', 'https://127.0.0.1:1', 'east')`;
    await named('filed');
    await untold();
    const fingerprint = (clusters: readonly Cluster[]) => clusters[0]?.ca_certificates?.[0]?.fingerprint;
    const [before] = (await Promise.all(coordinators.map(clustersOf))).map(fingerprint);
    expect(before).toBeString();
    await write();
    await everywhere('the new authority', (clusters) => ![undefined, before].includes(fingerprint(clusters)));
    await rm(folder, { recursive: true });
  });
});

const launch = async (n: number) => {
  const body = launchBody({ top: { uuid: randomUUID(), user_id: randomUUID() } });
  return (await send(`${coordinators[n % coordinators.length]?.url}/vice/launch`, body)).status;
};

test('a row that goes bad keeps that cluster as it was last right, says so in every coordinator, and the others and all launches go on', async () => {
  await two('--registry-reload-seconds', NEVER);
  const [bad = ''] = await register(first(), [
    { name: 'bad', url: deployers[0]?.url ?? '', profile: { capacity: { slots: 1 } } },
    { name: 'good', url: deployers[1]?.url ?? '' },
  ]);
  await named('good');
  await db.sql`UPDATE vice_clusters SET profile = '{"capacity": "much"}', priority = 5 WHERE id = ${bad}`;
  await db.sql`UPDATE vice_clusters SET priority = 7 WHERE name = 'good'`;
  await everywhere('both changes', (clusters) => clusters.find(({ id }) => id === bad)?.status === 'degraded' && clusters[1]?.priority === 7);
  const [shown] = await clustersOf(coordinators[1] ?? (await runCoordinator(uri)));
  expect(shown).toMatchObject({ priority: 0, profile: { capacity: { slots: 1 } }, status_reason: expect.stringContaining('profile.capacity') });
  expect([await launch(0), await launch(1)]).toEqual([200, 200]); // one in its last slot, one in the other cluster
  expect(await db.sql`SELECT 1 FROM vice_deployments WHERE cluster_id = ${bad}`).toHaveLength(1);
  expect((await fetch(`${first()}/readyz`)).status).toBe(200);
});

test('through 1000 changes of clusters, by two coordinators and by hand, no launch fails', async () => {
  await two();
  const url = (n: number) => deployers[n % 2]?.url ?? '';
  const [steady = '', flicker = ''] = await register(first(), [
    { name: 'steady', url: url(0) },
    { name: 'flicker', url: url(1) },
  ]);
  await named('flicker');
  const call = async (n: number, method: string, path: string, body?: object) => {
    const init = { method, headers: { 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) };
    const answer = await fetch(`${coordinators[n % 2]?.url}/api/v1/clusters${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  };
  const changes: readonly ((n: number) => Promise<unknown>)[] = [
    (n) => call(n, 'PUT', `/${flicker}`, { priority: n % 3 }),
    (n) => call(n, 'POST', `/${flicker}/disable`),
    (n) => call(n, 'PUT', `/${steady}`, { profile: { capacity: { slots: 100_000 + n } } }),
    (n) => call(n, 'POST', `/${flicker}/enable`),
    (n) => db.sql`UPDATE vice_clusters SET profile = ${n % 2 === 0 ? '{"wrong": 1}' : '{}'}::text::jsonb WHERE id = ${flicker}`,
    (n) => call(n, 'POST', `/${flicker}/drain`),
    (n) => call(n, 'PUT', `/${flicker}`, { name: `flicker-${n}`, profile: {} }),
    (n) => db.sql`INSERT INTO vice_clusters (name, deployer_url, enabled) VALUES (${`new-${n}`}, ${url(n)}, false)`,
    () => db.sql`DELETE FROM vice_clusters WHERE name LIKE 'new-%'`,
    (n) => call(n, 'PUT', `/${steady}`, { deployer_url: n % 20 === 9 ? url(0) : `${url(0)}/` }),
  ];
  let isChanging = true;
  const statuses: number[] = [];
  const launches = Array.from({ length: 4 }, async (_, n) => {
    while (isChanging) statuses.push(await launch(n));
  });
  for (let n = 0; n < 1_000; n++) await changes[n % changes.length]?.(n);
  isChanging = false;
  await Promise.all(launches);
  expect(statuses.length).toBeGreaterThan(0);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  await everywhere('the last change', (clusters) => clusters.find(({ id }) => id === flicker)?.name === 'flicker-996');
  const rows = await db.sql<{ n: number }[]>`SELECT count(*)::int AS n FROM vice_deployments WHERE state = 'applied'`;
  expect(rows[0]?.n).toBe(statuses.length);
});
