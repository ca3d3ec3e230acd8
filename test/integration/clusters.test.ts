import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { Writable } from 'node:stream';
import type { Elysia } from 'elysia';
import { pino } from 'pino';
import { keyVault } from '../../src/adapters/keys/vault.ts';
import { clusterChanges } from '../../src/adapters/postgres/cluster-changes.ts';
import { clusterStore } from '../../src/adapters/postgres/cluster-store.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { runMigrations } from '../../src/adapters/postgres/migrations/run.ts';
import { clusterUseCases } from '../../src/cluster-registry/clusters.ts';
import { type ClusterRegistry, clusterRegistry } from '../../src/cluster-registry/registry.ts';
import { UnavailableError } from '../../src/errors/errors.ts';
import { clusterRoutes } from '../../src/http/coordinator-api/clusters.ts';
import { createApp } from '../../src/http/plumbing/app.ts';
import { check } from '../../src/schema/check.ts';
import { Cluster, ClusterList } from '../../src/schema/cluster.ts';
import type { ClusterId } from '../../src/schema/ids.ts';
import { Problem } from '../../src/schema/problem.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

const FAR = 3_600_000;
const certificates = { vault: keyVault([]) };
const newId = () => crypto.randomUUID() as ClusterId; // which is a UUID

let uri: string;
let db: Database;
let registry: ClusterRegistry;
let app: Elysia;
let logged: string[];
const registries: ClusterRegistry[] = [];
const log = pino({}, new Writable({ write: (line, _, done) => done(void logged.push(String(line))) }));

beforeAll(async () => {
  logged = [];
  uri = await freshDatabase();
  db = openDatabase(uri);
  await runMigrations(db);
  const store = clusterStore(db);
  registry = clusterRegistry({ store, certificates, reloadMs: FAR, log }); // hears of nothing but what is done through it
  await registry.start();
  registries.push(registry);
  app = clusterRoutes(createApp({ log }), { clusters: clusterUseCases({ store, registry, certificates, newId, log }), maxBodyBytes: 10_000 });
}, 120_000);
afterAll(async () => {
  await Promise.all(registries.map((each) => each.stop()));
  await db.end({ timeout: 5 });
});
beforeEach(async () => {
  await db`DELETE FROM vice_clusters`;
  await registry.reload();
  logged = [];
});

async function ask(method: string, path: string, body?: unknown) {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const answer = await app.handle(new Request(`http://localhost/api/v1/clusters${path}`, init));
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
}

const one = { name: 'one', deployer_url: 'http://vice-deployer:8080' };
const register = async (body: object = one) => (await ask('POST', '', body)).body;

/** A registry as another coordinator has it. */
async function another(options: { listens: boolean; reloadMs?: number }): Promise<ClusterRegistry> {
  const changes = options.listens ? clusterChanges(uri) : undefined;
  const other = clusterRegistry({
    store: clusterStore(db),
    certificates,
    reloadMs: options.reloadMs ?? FAR,
    log: pino({ level: 'silent' }),
    ...(changes && { changes }),
  });
  registries.push(other);
  await other.start();
  return other;
}

const seen = (by: ClusterRegistry, names: readonly string[]) =>
  waitFor(
    () =>
      by
        .snapshot()
        .map(({ name }) => name)
        .join() === names.join(),
    { timeoutMs: 60_000, what: `the clusters ${names}`, everyMs: 5 },
  );

describe('registering', () => {
  test('answers with the defaults of the table and the state registered, and the next launch sees the cluster', async () => {
    const { status, headers, body } = await ask('POST', '', one);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/v1/clusters/${body.id}`);
    expect(body).toMatchObject({ ...one, enabled: true, priority: 100, mtls_enabled: false, status: 'registered', profile: {} });
    expect(check(Cluster, body).ok).toBe(true);
    expect(Math.abs(Date.parse(body.created_at) - Date.now())).toBeLessThan(60_000);
    expect(registry.find(body.id)).toMatchObject(one);
  });

  test('takes the body that the plan shows for a cluster without mutual TLS, and keeps the profile', async () => {
    const profile = { domain: 'example.org', capacity: { slots: 5 } };
    const body = { name: 'aws', deployer_url: 'https://abc.example.org/prod', enabled: false, priority: 50, mtls_enabled: false, profile };
    expect(await register(body)).toMatchObject({ ...body, status: 'registered' });
    expect((await ask('GET', '')).body.clusters[0]).toMatchObject({ ...body, status: 'disabled' });
  });

  test('names every fault at once, with unknown keys by their name', async () => {
    const { status, body } = await ask('POST', '', {
      deployer_url: 'ftp://x',
      priority: '1',
      ca_cert: 'x',
      mtls_enabled: 'yes',
      profile: { capacity: { slots: -1 }, wrong: 1 },
    });
    expect(status).toBe(400);
    expect(check(Problem, body).ok).toBe(true);
    expect(body.code).toBe('invalid_document');
    const paths = body.faults.map(({ path }: { path: string }) => path).sort();
    expect(paths).toEqual(['ca_cert', 'deployer_url', 'mtls_enabled', 'name', 'priority', 'profile.capacity.slots', 'profile.wrong']);
  });

  test.each([
    ['deployer_url', { deployer_url: 'http://deployer:99999' }],
    ['deployer_url', { deployer_url: 'http://[' }],
    ['deployer_url', { deployer_url: 'http://a%zz/' }],
    ['name', { name: '\0' }],
    ['name', { name: 'half \ud800' }],
    ['profile.domain', { profile: { domain: '\0.example.org' } }],
    ['profile.capacity.slots', { profile: { capacity: { slots: 1e15 } } }],
  ])('with a %s that nobody could use is 400, and nothing is registered: %j', async (path, change) => {
    const { status, body } = await ask('POST', '', { ...one, ...change });
    expect(status).toBe(400);
    expect(body.faults.map((fault: { path: string }) => fault.path)).toContain(path);
    expect((await ask('GET', '')).body.clusters).toEqual([]);
  });

  test('a name that is taken is a conflict, also for the slower of two at once', async () => {
    const answers = await Promise.all([ask('POST', '', one), ask('POST', '', one)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'conflict', retryable: false });
  });

  test('warns when a remote cluster does not say where its pods find the platform', async () => {
    await register({ name: 'remote', deployer_url: 'https://deployer.example.org' });
    expect(logged.filter((line) => line.includes('cannot be opened'))).toHaveLength(1);
    await register(one);
    const services = { get_analysis_id_base: 'https://a.example.org', check_resource_access_base: 'https://b.example.org' };
    await register({ name: 'complete', deployer_url: 'https://other.example.org', profile: services });
    expect(logged.filter((line) => line.includes('cannot be opened'))).toHaveLength(1);
  });
});

describe('a cluster', () => {
  test('is shown alone and in the list, by priority and then by name', async () => {
    const { id } = await register({ ...one, name: 'b' });
    await register({ ...one, name: 'a' });
    await register({ ...one, name: 'c', priority: 1 });
    const { body } = await ask('GET', '');
    expect(check(ClusterList, body).ok).toBe(true);
    expect(body.clusters.map(({ name }: { name: string }) => name)).toEqual(['c', 'a', 'b']);
    expect((await ask('GET', `/${id}`)).body).toMatchObject({ id, name: 'b', status: 'registered' });
    expect((await ask('GET', `/${id.toUpperCase()}`)).status).toBe(200);
  });

  test('is disabled and enabled, in the snapshot at once, any number of times', async () => {
    const { id, updated_at } = await register();
    for (const _ of [1, 2]) expect(await ask('POST', `/${id}/disable`)).toMatchObject({ status: 200, body: { enabled: false, status: 'disabled' } });
    expect(registry.find(id)).toMatchObject({ enabled: false });
    const enabled = await ask('POST', `/${id}/enable`);
    expect(enabled).toMatchObject({ status: 200, body: { enabled: true, status: 'registered' } });
    expect(enabled.body.updated_at > updated_at).toBe(true);
  });

  test.each([
    ['GET', ''],
    ['POST', '/enable'],
    ['POST', '/disable'],
    ['POST', '/drain'],
    ['DELETE', ''],
  ])('that is not there is 404 and an id that is no UUID is 400: %s %s', async (method, path) => {
    expect(await ask(method, `/5f4e7a52-6f0c-4c0f-9d28-0c3f8e1a0000${path}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await ask(method, `/one${path}`)).toMatchObject({ status: 400, body: { code: 'invalid_document', faults: [{ path: 'id' }] } });
  });
});

describe('the end of a cluster', () => {
  const live = (id: string, state: string, removal: Date | null = null) => db`
    INSERT INTO vice_deployments (external_id, user_id, username, state, cluster_id, removal_due)
    VALUES (${state}, 'u', 'u', ${state}, ${id}, ${removal})`;

  test('draining lets it take no more launches, and enabling takes it back', async () => {
    const { id } = await register({ ...one, profile: { domain: 'example.org' } });
    const draining = { status: 200, body: { enabled: true, status: 'draining', profile: { domain: 'example.org', draining: true } } };
    for (const _ of [1, 2]) expect(await ask('POST', `/${id}/drain`)).toMatchObject(draining);
    expect((await ask('POST', `/${id}/enable`)).body).toMatchObject({ status: 'registered', profile: { domain: 'example.org' } });
    expect(registry.find(id)?.profile).toEqual({ domain: 'example.org' });
  });

  test('it is not deleted while an analysis lives there or has something to be removed', async () => {
    const { id } = await register();
    await live(id, 'running');
    await live(id, 'failed', new Date());
    expect(await ask('DELETE', `/${id}`)).toMatchObject({ status: 409, body: { code: 'conflict', details: { analyses: 2 } } });
    await db`UPDATE vice_deployments SET state = 'stopped', removal_due = NULL`;
    expect(await gone(id)).toBe(204);
    expect(registry.find(id)).toBeUndefined();
    expect(await db`SELECT cluster_id FROM vice_deployments WHERE cluster_id IS NOT NULL`).toHaveLength(0);
    await db`DELETE FROM vice_deployments`;
  });

  const gone = async (id: string) => (await app.handle(new Request(`http://localhost/api/v1/clusters/${id}`, { method: 'DELETE' }))).status;
});

test('before the first reading nothing is said of the clusters, least of all that there are none', async () => {
  const store = clusterStore(db);
  const unread = clusterRegistry({ store, certificates, reloadMs: FAR, log });
  const early = clusterRoutes(createApp({ log }), {
    clusters: clusterUseCases({ store, registry: unread, certificates, newId, log }),
    maxBodyBytes: 10_000,
  });
  const answer = await early.handle(new Request('http://localhost/api/v1/clusters'));
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  await unread.reload();
  expect((await early.handle(new Request('http://localhost/api/v1/clusters'))).status).toBe(200);
});

test('a cluster is shown also while the database cannot say what is left of it', async () => {
  const { id } = await register();
  const { signal } = new AbortController();
  const store = { ...clusterStore(db), tombstones: () => Promise.reject(new UnavailableError('the database is away')) };
  const clusters = clusterUseCases({ store, registry, certificates, newId, log });
  expect(await clusters.get(id, signal)).toMatchObject(one);
  expect(await clusters.get(id, signal)).not.toHaveProperty('tombstones');
});

describe('a change of the table', () => {
  const insert = (name: string, at: Database = db) => at`INSERT INTO vice_clusters (name, deployer_url) VALUES (${name}, 'http://x')`;

  test('is seen after a request to reload', async () => {
    await insert('by-hand');
    expect((await ask('GET', '')).body.clusters).toEqual([]);
    expect((await ask('POST', '/reload')).body.clusters).toMatchObject([{ name: 'by-hand' }]);
  });

  test('is told to other coordinators: new, changed and removed', async () => {
    const other = await another({ listens: true });
    await insert('told');
    await seen(other, ['told']);
    await db`UPDATE vice_clusters SET name = 'renamed'`;
    await seen(other, ['renamed']);
    await db`DELETE FROM vice_clusters`;
    await seen(other, []);
  });

  test('is seen by the timer where nothing is told', async () => {
    const other = await another({ listens: false, reloadMs: 20 });
    await insert('timed');
    await seen(other, ['timed']);
  });

  test('that no configuration is in is not told', async () => {
    await insert('quiet');
    const heard: string[] = [];
    const done = Promise.withResolvers<void>();
    const { unlisten } = await db.listen('vice_clusters_changed', (payload) => (payload === 'end' ? done.resolve() : heard.push(payload)));
    await db`UPDATE vice_clusters SET created_at = created_at`;
    await db.notify('vice_clusters_changed', 'end');
    await done.promise;
    expect(heard).toEqual([]);
    await unlisten();
  });

  test('with a faulty profile keeps the last good state of that cluster, is told once, and others go on', async () => {
    const { id } = await register({ ...one, profile: { domain: 'good.example.org' } });
    await db`UPDATE vice_clusters SET profile = '{"domain": 1}', priority = 7 WHERE id = ${id}`;
    await insert('other');
    await registry.reload();
    await registry.reload();
    const kept = {
      enabled: true,
      priority: 100,
      profile: { domain: 'good.example.org' },
      status: 'degraded',
      fault: expect.stringContaining('profile.domain'),
    };
    expect(registry.find(id)).toMatchObject(kept);
    expect(registry.snapshot().map(({ name }) => name)).toEqual(['one', 'other']);
    expect(logged.filter((line) => line.includes('last good state'))).toHaveLength(1);
    expect((await ask('POST', `/${id}/disable`)).body).toMatchObject({ enabled: false });
    await db`UPDATE vice_clusters SET profile = '{}', enabled = true WHERE id = ${id}`;
    await registry.reload();
    expect(registry.find(id)).toMatchObject({ enabled: true, status: 'registered', priority: 7 });
    expect(registry.find(id)?.fault).toBeUndefined();
  });

  test('that was never right leaves a cluster that is shown and takes no launches', async () => {
    await db`INSERT INTO vice_clusters (name, deployer_url, profile) VALUES ('bad', 'no url', '[]')`;
    const { body } = await ask('POST', '/reload');
    expect(body.clusters).toMatchObject([{ name: 'bad', enabled: false, status: 'degraded', profile: {} }]);
  });

  test('of one cluster leaves the entries of the others the same objects', async () => {
    await register();
    await insert('two');
    await registry.reload();
    const [before] = registry.snapshot();
    await db`UPDATE vice_clusters SET priority = 500 WHERE name = 'two'`;
    await registry.reload();
    expect(registry.snapshot()[0]).toBe(before);
    expect(Object.isFrozen(registry.snapshot())).toBe(true);
  });

  test('is in the answer of a reload that was asked for after it, also while another one reads', async () => {
    for (let round = 0; round < 20; round++) {
      const early = registry.reload();
      await insert(`round-${round}`);
      await Promise.all([early, registry.reload()]);
      expect(registry.snapshot()).toHaveLength(round + 1);
    }
  });
});
