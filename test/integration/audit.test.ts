import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Elysia } from 'elysia';
import { pino } from 'pino';
import { keyRingIn, newKeyLine } from '../../src/adapters/keys/key-ring.ts';
import { keyVault } from '../../src/adapters/keys/vault.ts';
import { auditLog } from '../../src/adapters/postgres/audit.ts';
import { clusterStore } from '../../src/adapters/postgres/cluster-store.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { runMigrations } from '../../src/adapters/postgres/migrations/run.ts';
import { clusterUseCases } from '../../src/cluster-registry/clusters.ts';
import { clusterRegistry } from '../../src/cluster-registry/registry.ts';
import { auditRoutes } from '../../src/http/coordinator-api/audit.ts';
import { clusterRoutes } from '../../src/http/coordinator-api/clusters.ts';
import { createApp } from '../../src/http/plumbing/app.ts';
import { serve } from '../../src/http/plumbing/serve.ts';
import { type AuditEntry, AuditPage } from '../../src/schema/audit.ts';
import { check } from '../../src/schema/check.ts';
import type { ClusterId } from '../../src/schema/ids.ts';
import { authority } from '../support/certificates.ts';
import { vice } from '../support/command.ts';
import { freshDatabase } from '../support/postgres.ts';

const log = pino({ level: 'silent' });
const ca = authority('ca');
const pair = ca.issue({ name: 'coordinator', use: 'client' });
const one = { name: 'one', deployer_url: 'https://deployer:8443' };

let db: Database;
let uri: string;
let url: string;
let app: Elysia;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  uri = await freshDatabase();
  db = openDatabase(uri);
  await runMigrations(db);
  const store = clusterStore(db);
  const certificates = { vault: keyVault(keyRingIn(newKeyLine(new Date()), 'test')) };
  const registry = clusterRegistry({ store, certificates, reloadMs: 3_600_000, log });
  await registry.start();
  const newId = () => crypto.randomUUID() as ClusterId; // which is a UUID
  app = createApp({ log });
  clusterRoutes(app, { clusters: clusterUseCases({ store, registry, certificates, newId, log }), maxBodyBytes: 100_000 });
  auditRoutes(app, { audit: auditLog(db) });
  const serving = serve(app, { port: 0, hostname: '127.0.0.1', maxBodyBytes: 100_000 });
  url = serving.url;
  stops.push(
    () => serving.stop(0),
    () => registry.stop(),
    () => db.end({ timeout: 5 }),
  );
}, 120_000);
afterAll(async () => {
  for (const stop of stops) await stop();
});
beforeEach(async () => {
  await db`DELETE FROM vice_clusters`;
  await db`DELETE FROM vice_audit`;
});

async function ask(method: string, path: string, body?: unknown) {
  const headers = { 'x-request-id': `r-${method}${path.replace(/\/[0-9a-f-]{36}/, '').replaceAll('/', '-')}` };
  const init = body === undefined ? { headers } : { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
  const answer = await fetch(`${url}/api/v1${path}`, { method, ...init });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function page(query = ''): Promise<AuditPage> {
  const { status, body } = await ask('GET', `/audit${query}`);
  expect(status).toBe(200);
  const checked = check(AuditPage, body);
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
  return checked.value;
}

test('every change leaves who, what and how it was before and after, and no key', async () => {
  const { id } = (await ask('POST', '/clusters', { ...one, ca_cert: ca.cert, client_cert: pair.cert, client_key: pair.key })).body;
  await ask('PUT', `/clusters/${id}`, { priority: 3, profile: { domain: 'example.org' } });
  await ask('POST', `/clusters/${id}/disable`);
  await ask('POST', `/clusters/${id}/enable`);
  await ask('POST', `/clusters/${id}/drain`);
  await ask('POST', '/clusters/reload');
  expect((await ask('DELETE', `/clusters/${id}`)).status).toBe(204);
  const { entries } = await page();
  expect(entries.map(({ action }) => action)).toEqual(['delete', 'drain', 'enable', 'disable', 'change', 'register']);
  for (const entry of entries) expect(entry).toMatchObject({ subject: 'anonymous', peer: '127.0.0.1', cluster_id: id, cluster_name: 'one' });
  expect(entries.map(({ request_id }) => request_id)).toEqual([
    'r-DELETE-clusters',
    'r-POST-clusters-drain',
    'r-POST-clusters-enable',
    'r-POST-clusters-disable',
    'r-PUT-clusters',
    'r-POST-clusters',
  ]);
  const [deleted, , , disabled, changed, registered] = entries;
  expect([deleted?.after, registered?.before]).toEqual([null, null]);
  expect([disabled?.before?.['enabled'], disabled?.after?.['enabled']]).toEqual([true, false]);
  expect([changed?.before?.['priority'], changed?.after?.['priority']]).toEqual([100, 3]);
  expect(registered?.after?.['client_key_encrypted_sha256']).toMatch(/^[0-9a-f]{64}$/);
  for (const line of [...pair.key.split('\n'), ...pair.cert.split('\n')].filter((part) => part.length > 30)) {
    expect(JSON.stringify(entries)).not.toContain(line);
  }
});

test('no route that changes clusters, whichever there will be, does so without a row', async () => {
  const unchanging = ['/api/v1/clusters/reload', '/api/v1/clusters/:id/test'];
  const bodies: Readonly<Record<string, object>> = {
    'POST /api/v1/clusters': { name: 'registered', deployer_url: one.deployer_url },
    'PUT /api/v1/clusters/:id': { priority: 1 },
    'POST /api/v1/clusters/:id/forget': { confirm: 'one' },
  };
  const routes = app.routes.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/') && !unchanging.includes(path));
  expect(routes.length).toBeGreaterThan(6);
  for (const { method, path } of routes) {
    await db`DELETE FROM vice_clusters`;
    const { id } = (await ask('POST', '/clusters', one)).body;
    const [before] = (await page()).entries;
    const { status } = await ask(method, path.replace('/api/v1', '').replace(':id', id), bodies[`${method} ${path}`]);
    const [after] = (await page()).entries;
    expect([method, path, status < 300, after?.id !== before?.id]).toEqual([method, path, true, true]);
    expect(after?.request_id).toStartWith(`r-${method}`);
  }
});

test('what is refused changes nothing and leaves nothing', async () => {
  const { id } = (await ask('POST', '/clusters', one)).body;
  await ask('POST', '/clusters', one);
  await ask('PUT', `/clusters/${id}`, { priority: -1 });
  await ask('POST', `/clusters/${crypto.randomUUID()}/disable`);
  expect((await page()).entries.map(({ action }) => action)).toEqual(['register']);
});

test('a change whose row of the audit cannot be written is not made', async () => {
  const { id } = (await ask('POST', '/clusters', one)).body;
  await db`ALTER TABLE vice_audit ADD CONSTRAINT nobody CHECK (action <> 'disable')`;
  expect((await ask('POST', `/clusters/${id}/disable`)).status).toBe(500);
  await db`ALTER TABLE vice_audit DROP CONSTRAINT nobody`;
  expect((await ask('GET', `/clusters/${id}`)).body).toMatchObject({ enabled: true });
});

test('what is done by hand is there too, under the role of the database, and who acted before is not taken for it', async () => {
  const { id } = (await ask('POST', '/clusters', one)).body;
  await db`UPDATE vice_clusters SET priority = 9 WHERE id = ${id}`;
  await db`DELETE FROM vice_clusters`;
  const by = (await page()).entries.map(({ action, subject, request_id }) => [action, subject.replace(/ \w+$/, ''), request_id]);
  expect(by).toEqual([
    ['delete', 'database role', null],
    ['update', 'database role', null],
    ['register', 'anonymous', 'r-POST-clusters'],
  ]);
});

test('a role that may change clusters leaves rows under its name, and can neither write, change nor remove any', async () => {
  await db.unsafe(`DROP ROLE IF EXISTS audit_guest; CREATE ROLE audit_guest LOGIN PASSWORD 'guest'`);
  await db.unsafe('GRANT SELECT, INSERT, UPDATE, DELETE ON vice_clusters TO audit_guest; GRANT SELECT ON vice_audit TO audit_guest');
  const address = new URL(uri);
  address.username = 'audit_guest';
  address.password = 'guest';
  const guest = openDatabase(address.href, { maxConnections: 1 });
  await guest`INSERT INTO vice_clusters (name, deployer_url) VALUES ('by-guest', 'http://x')`;
  // What somebody puts into the way of the trigger's names is not found.
  await guest`CREATE TEMPORARY TABLE vice_audit (LIKE public.vice_audit)`;
  await guest`UPDATE vice_clusters SET priority = 1`;
  await guest`DROP TABLE pg_temp.vice_audit`;
  for (const statement of [
    'DELETE FROM vice_audit',
    'TRUNCATE vice_audit',
    "UPDATE vice_audit SET subject = 'x'",
    'ALTER TABLE vice_clusters DISABLE TRIGGER ALL',
  ]) {
    await expect(guest.unsafe(statement)).rejects.toThrow(/permission denied|must be owner/);
  }
  await guest.end({ timeout: 5 });
  const by = (await page()).entries.map(({ action, subject, cluster_name }) => [action, subject, cluster_name]);
  expect(by).toEqual([
    ['update', 'database role audit_guest', 'by-guest'],
    ['insert', 'database role audit_guest', 'by-guest'],
  ]);
});

describe('pages', () => {
  test('lead from the latest entry to the first one, each entry once', async () => {
    for (let n = 0; n < 7; n++) await db`INSERT INTO vice_clusters (name, deployer_url) VALUES (${`c${n}`}, 'http://x')`;
    const read: AuditEntry[] = [];
    for (let next: string | undefined = ''; next !== undefined; ) {
      const { entries, next: following }: AuditPage = await page(`?limit=3${next === '' ? '' : `&before=${next}`}`);
      read.push(...entries);
      next = following;
    }
    expect(read.map(({ cluster_name }) => cluster_name)).toEqual(['c6', 'c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
  });

  test.each(['limit=0', 'limit=501', 'limit=x', 'before=-1', 'before=1e9', `before=${'9'.repeat(19)}`])('?%s is 400 with its name', async (query) => {
    const { status, body } = await ask('GET', `/audit?${query}`);
    expect([status, body.faults[0].path]).toEqual([400, query.split('=')[0]]);
  });
});

test('changes of one cluster are found by its id or the name that it had, page by page, in documents and in a table', async () => {
  const { id } = (await ask('POST', '/clusters', one)).body;
  await ask('POST', '/clusters', { ...one, name: 'other' });
  await ask('PUT', `/clusters/${id}`, { name: 'renamed', priority: 7 });
  const actions = async (query: string) => (await page(query)).entries.map(({ action }) => action);
  expect(await actions(`?cluster=${id}`)).toEqual(['change', 'register']);
  expect(await actions('?cluster=one')).toEqual(['register']);
  expect(await actions('?cluster=nobody')).toEqual([]);
  expect((await ask('GET', '/audit?cluster=&limit=0')).body.faults.map(({ path }: { path: string }) => path)).toEqual(['limit', 'cluster']);

  const audit = (...args: readonly string[]) => vice(['audit', ...args], { env: { VICE_COORDINATOR: url } });
  const first = await audit('--cluster', id, '--limit', '1');
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toMatch(/^AT +ACTION +CLUSTER +BY +CHANGED\n\S+Z +change +renamed +anonymous +name, priority\n\nthere are more: --before \d+\n$/);
  const next = /--before (\d+)/.exec(first.out)?.[1] ?? '';
  const { entries } = JSON.parse((await audit('--cluster', id, '--before', next, '-o', 'json')).out);
  expect(entries).toMatchObject([{ action: 'register', cluster_name: 'one', before: null }]);
  expect(await audit('--before', 'yesterday')).toMatchObject({ code: 1, err: expect.stringContaining('before') });
});
