import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Elysia } from 'elysia';
import { keyRingIn, newKeyLine } from '../../src/adapters/keys/key-ring.ts';
import { keyVault } from '../../src/adapters/keys/vault.ts';
import { clusterStore } from '../../src/adapters/postgres/cluster-store.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { runMigrations } from '../../src/adapters/postgres/migrations/run.ts';
import { ClusterFiles } from '../../src/adapters/tls-files/cluster-files.ts';
import { clusterUseCases } from '../../src/cluster-registry/clusters.ts';
import type { CertificateDeps } from '../../src/cluster-registry/ports.ts';
import { type ClusterRegistry, clusterRegistry } from '../../src/cluster-registry/registry.ts';
import { clusterRoutes } from '../../src/http/coordinator-api/clusters.ts';
import { createApp } from '../../src/http/plumbing/app.ts';
import { check } from '../../src/schema/check.ts';
import { Cluster } from '../../src/schema/cluster.ts';
import type { ClusterId } from '../../src/schema/ids.ts';
import { type CapturedLog, capturedLog } from '../support/captured-log.ts';
import { authority, type Pair } from '../support/certificates.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

const ca = authority('ca');
const issued = (name = 'coordinator') => ca.issue({ name, use: 'client' });
const line = newKeyLine(new Date());
const withKey: CertificateDeps = { vault: keyVault(keyRingIn(line, 'test')) };

let db: Database;
let folder: string;
let captured: CapturedLog;
const registries: ClusterRegistry[] = [];
beforeAll(async () => {
  db = openDatabase(await freshDatabase());
  await runMigrations(db);
}, 60_000);
beforeEach(async () => {
  await db`DELETE FROM vice_clusters`;
  folder = mkdtempSync(join(tmpdir(), 'vice-certificates-'));
  captured = capturedLog();
});
afterEach(async () => {
  await Promise.all(registries.splice(0).map((each) => each.stop()));
  rmSync(folder, { recursive: true });
});
afterAll(() => db.end({ timeout: 5 }));

interface Coordinator {
  readonly registry: ClusterRegistry;
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; etag: string; text: string; body: Shown }>;
}
/** What a test reads of an answer. */
interface Shown {
  readonly id: ClusterId;
  readonly faults: { readonly path: string; readonly message: string }[];
}

async function coordinator(certificates: CertificateDeps): Promise<Coordinator> {
  const store = clusterStore(db);
  const { log } = captured;
  const registry = clusterRegistry({ store, certificates, reloadMs: 3_600_000, log });
  registries.push(registry);
  await registry.start();
  const newId = () => crypto.randomUUID() as ClusterId; // which is a UUID
  const app: Elysia = clusterRoutes(createApp({ log }), {
    clusters: clusterUseCases({ store, registry, certificates, newId, log }),
    maxBodyBytes: 100_000,
  });
  return {
    registry,
    async ask(method, path, body, headers = {}) {
      const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
      const answer = await app.handle(new Request(`http://localhost/api/v1/clusters${path}`, { method, ...init }));
      const text = await answer.text();
      return { status: answer.status, etag: answer.headers.get('etag') ?? '', text, body: JSON.parse(text) };
    },
  };
}

const one = { name: 'one', deployer_url: 'https://deployer.example.org:8443' };
const pem = (pair: Pair) => ({ ca_cert: ca.cert, client_cert: pair.cert, client_key: pair.key });
const keyOf = (registry: ClusterRegistry, id: ClusterId) => registry.find(id)?.tls?.options().key;

describe('certificates in the database', () => {
  test('are registered as the onboarding says, shown as facts, and the key is stored encrypted', async () => {
    const { ask, registry } = await coordinator(withKey);
    const pair = issued();
    const { status, body } = await ask('POST', '', { ...one, ...pem(pair) });
    expect(status).toBe(201);
    expect(check(Cluster, body).ok).toBe(true);
    expect(body).toMatchObject({
      mtls_enabled: true,
      ca_certificates: [{ subject: 'CN=ca' }],
      client_certificate: { subject: 'CN=coordinator', issuer: 'CN=ca', days_left: 0 },
    });
    expect(keyOf(registry, body.id)).toBe(pair.key);
    const [row] = await db<{ sealed: Buffer }[]>`SELECT client_key_encrypted AS sealed FROM vice_clusters`;
    expect(row?.sealed.toString('latin1')).not.toContain('PRIVATE KEY');
  });

  test('a change of the certificates alone leaves the rest, and takes effect at once', async () => {
    const { ask, registry } = await coordinator(withKey);
    const { body } = await ask('POST', '', { ...one, enabled: false, priority: 7, ...pem(issued()) });
    const before = registry.find(body.id)?.tls?.digest;
    const fresh = issued('fresh');
    const changed = await ask('PUT', `/${body.id}`, pem(fresh));
    expect(changed).toMatchObject({ status: 200, body: { enabled: false, priority: 7, client_certificate: { subject: 'CN=fresh' } } });
    expect(keyOf(registry, body.id)).toBe(fresh.key);
    expect(registry.find(body.id)?.tls?.digest).not.toBe(before);
    expect(await ask('PUT', `/${body.id}`, { priority: 8 })).toMatchObject({ status: 200, body: { priority: 8, mtls_enabled: true } });
    expect(keyOf(registry, body.id)).toBe(fresh.key);
  });

  test('null takes them away', async () => {
    const { ask, registry } = await coordinator(withKey);
    const { body } = await ask('POST', '', { ...one, ...pem(issued()) });
    const none = { mtls_enabled: false, ca_cert: null, client_cert: null, client_key: null };
    expect((await ask('PUT', `/${body.id}`, none)).status).toBe(200);
    expect(registry.find(body.id)?.tls).toBeUndefined();
    expect(await db`SELECT 1 FROM vice_clusters WHERE client_key_encrypted IS NOT NULL`).toHaveLength(0);
  });

  test('a key cannot be stored where none is configured to encrypt it with', async () => {
    const { ask } = await coordinator({ vault: keyVault([]) });
    const { status, body } = await ask('POST', '', { ...one, ...pem(issued()) });
    expect([status, body.faults[0]?.path, body.faults[0]?.message]).toEqual([400, 'client_key', expect.stringContaining('--keys-file')]);
    expect(await db`SELECT 1 FROM vice_clusters`).toHaveLength(0);
  });

  const pair = issued();
  test.each([
    ['a key of another certificate', { ...pem(issued()), client_key: issued().key }, 'client_key'],
    ['a certificate for servers', pem(ca.issue({ name: 'x', use: 'server' })), 'client_cert'],
    ['an expired certificate', pem(ca.issue({ name: 'x', use: 'client', from: -7_200_000, until: -3_600_000 })), 'client_cert'],
    ['what is no certificate', { ...pem(issued()), client_cert: '-----BEGIN NOTHING-----' }, 'client_cert'],
    ['a certificate in one text with its key', { ...pem(pair), client_cert: `${pair.cert}${pair.key}` }, 'client_cert'],
    ['an authority in one text with its key', { ...pem(pair), ca_cert: `${ca.key}${ca.cert}` }, 'ca_cert'],
    ['an authority that is none', { ...pem(issued()), ca_cert: issued().cert }, 'ca_cert'],
    ['a certificate without a key', { client_cert: issued().cert }, 'client_key'],
    ['certificates for plain HTTP', { ...pem(issued()), deployer_url: 'http://deployer' }, 'mtls_enabled'],
    ['a reference where there is no directory', { client_cert: issued().cert, client_key_ref: 'coordinator' }, 'client_key_ref'],
    ['a reference that leads elsewhere', { client_key_ref: '../../etc' }, 'client_key_ref'],
  ])('%s is refused', async (_, change, path) => {
    const { ask } = await coordinator(withKey);
    const { status, body } = await ask('POST', '', { ...one, ...change });
    expect([status, body.faults.map((fault) => fault.path)]).toEqual([400, [path]]);
  });

  test('a row that cannot be decrypted keeps its cluster as it was, and says why', async () => {
    const first = await coordinator(withKey);
    const { body } = await first.ask('POST', '', { ...one, ...pem(issued()) });
    const other = await coordinator({ vault: keyVault(keyRingIn(newKeyLine(new Date()), 'test')) });
    expect(other.registry.find(body.id)).toMatchObject({ enabled: false, status: 'degraded', fault: expect.stringContaining('is not configured') });
    const key = keyOf(first.registry, body.id);
    await db`UPDATE vice_clusters SET client_key_encrypted = '\\x0102'`;
    await first.registry.reload();
    expect(first.registry.find(body.id)).toMatchObject({ status: 'degraded' });
    expect(keyOf(first.registry, body.id)).toBe(key);
  });
});

describe('certificates in files', () => {
  const write = (name: string, files: Record<string, string>) => {
    mkdirSync(join(folder, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
  };
  const files = (pair: Pair) => ({ 'ca.crt': ca.cert, 'tls.crt': pair.cert, 'tls.key': pair.key });
  const inFiles = (): CertificateDeps => ({ vault: keyVault([]), files: new ClusterFiles(folder) });

  test('by the id of the cluster, and a change of them is seen', async () => {
    const { ask, registry } = await coordinator(inFiles());
    const { body } = await ask('POST', '', one);
    const [first, second] = [issued('first'), issued('second')];
    write(body.id, files(first));
    expect(await ask('PUT', `/${body.id}`, { mtls_enabled: true })).toMatchObject({
      status: 200,
      body: { client_certificate: { subject: 'CN=first' } },
    });
    write(body.id, files(second));
    await waitFor(() => keyOf(registry, body.id) === second.key, { timeoutMs: 10_000, what: 'the new certificate' });
  }, 15_000);

  test('by reference, with the certificate in the database or not', async () => {
    const { ask, registry } = await coordinator(inFiles());
    const pair = issued();
    write('coordinator-client-tls', files(pair));
    const whole = await ask('POST', '', { ...one, client_key_ref: 'coordinator-client-tls' });
    expect(whole).toMatchObject({ status: 201, body: { mtls_enabled: true, client_certificate: { subject: 'CN=coordinator' } } });
    const hybrid = {
      name: 'two',
      deployer_url: one.deployer_url,
      ca_cert: ca.cert,
      client_cert: pair.cert,
      client_key_ref: 'coordinator-client-tls',
    };
    expect((await ask('POST', '', hybrid)).status).toBe(201);
    for (const { tls } of registry.snapshot()) expect(tls?.options()).toEqual({ ca: ca.cert, ...pair });
  });
});

describe('two administrators at once', () => {
  test('with If-Match the slower one is told, without it both changes are made', async () => {
    const { ask } = await coordinator(withKey);
    const { body, etag } = await ask('POST', '', one);
    expect((await ask('PUT', `/${body.id}`, { priority: 1 }, { 'if-match': etag })).status).toBe(200);
    expect(await ask('PUT', `/${body.id}`, { priority: 2 }, { 'if-match': etag })).toMatchObject({ status: 412 });
    await Promise.all([ask('PUT', `/${body.id}`, { priority: 3 }), ask('PUT', `/${body.id}`, { name: 'renamed' })]);
    expect((await ask('GET', `/${body.id}`)).body).toMatchObject({ priority: 3, name: 'renamed' });
  });

  test('a name that is taken is 409, a cluster that is not there 404', async () => {
    const { ask } = await coordinator(withKey);
    await ask('POST', '', one);
    const { body } = await ask('POST', '', { ...one, name: 'two' });
    expect((await ask('PUT', `/${body.id}`, { name: 'one' })).status).toBe(409);
    expect((await ask('PUT', `/${crypto.randomUUID()}`, { priority: 1 })).status).toBe(404);
  });
});

test('a private key is in no answer, no log and no error', async () => {
  const { ask } = await coordinator(withKey);
  const pair = issued();
  const canaries = pair.key.split('\n').filter((part) => part.length > 30);
  const registered = await ask('POST', '', { ...one, ...pem(pair) });
  const { id } = registered.body;
  const answers = [
    registered,
    await ask('POST', '', { ...one, ...pem(pair) }),
    await ask('POST', '', { ...one, name: 'x', ...pem(pair), client_cert: issued().cert }),
    await ask('POST', '', { ...one, name: 'x', ...pem(pair), client_key: `${pair.key}\0` }),
    await ask('POST', '', { ...one, name: 'x', client_key: pair.key, wrong: pair.key }),
    await ask('PUT', `/${id}`, { client_key: pair.key.replace('BEGIN', 'begin') }),
    await ask('GET', `/${id}`),
    await ask('GET', ''),
    await ask('POST', '/reload'),
    await ask('POST', `/${id}/disable`),
  ];
  await db`UPDATE vice_clusters SET client_key_encrypted = ${Buffer.from(pair.key)}`;
  answers.push(await ask('POST', '/reload'));
  expect(canaries.length).toBeGreaterThan(1);
  for (const text of [...answers.map((answer) => answer.text), captured.text()]) {
    for (const canary of canaries) expect(text).not.toContain(canary);
  }
}, 15_000);
