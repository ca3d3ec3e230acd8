import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { keyVault } from '../../src/adapters/keys/vault.ts';
import { assignmentStore } from '../../src/adapters/postgres/assignment-store.ts';
import { clusterChanges } from '../../src/adapters/postgres/cluster-changes.ts';
import { clusterStore } from '../../src/adapters/postgres/cluster-store.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { runMigrations } from '../../src/adapters/postgres/migrations/run.ts';
import { type ClusterRegistry, clusterRegistry } from '../../src/cluster-registry/registry.ts';
import type { AssignmentStore } from '../../src/coordinator/ports.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/demo/embedded-postgres.ts';
import { UnavailableError } from '../../src/errors/errors.ts';
import type { ExternalId } from '../../src/schema/ids.ts';
import { waitFor } from '../support/wait-for.ts';

const signal = new AbortController().signal;

let folder: string;
let server: EmbeddedPostgres;
let db: Database;
let store: AssignmentStore;
let registry: ClusterRegistry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vice-postgres-restart-'));
  server = await startEmbeddedPostgres({ folder });
  const uri = server.uri('postgres');
  db = openDatabase(uri, { maxConnections: 4 });
  await runMigrations(db);
  store = assignmentStore(db, { owner: 'us', leaseMs: 60_000 });
  const changes = clusterChanges(uri);
  registry = clusterRegistry({
    store: clusterStore(db),
    changes,
    certificates: { vault: keyVault([]) },
    reloadMs: 3_600_000,
    log: pino({ level: 'silent' }),
  });
  await db`INSERT INTO vice_clusters (name, deployer_url) VALUES ('before', 'http://x')`;
  await registry.start();
}, 120_000);
afterAll(async () => {
  await registry.stop();
  await db.end({ timeout: 1 });
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

// A UUID is what the platform's own ids are, which is all that the brand promises.
const newId = () => randomUUID() as ExternalId;
const launch = () => store.reserve({ external_id: newId(), user_id: 'jdoe', username: 'jdoe' }, () => 1000, signal);
const names = () => registry.snapshot().map(({ name }) => name);
const seen = (name: string) => waitFor(() => names().includes(name), { timeoutMs: 60_000, what: `the cluster ${name}`, everyMs: 10 });
const startAgain = async () => {
  // After a kill its children still hold its shared memory for a moment.
  const start = () => startEmbeddedPostgres({ folder, port: server.port }).catch(() => undefined);
  server = await waitFor(start, { timeoutMs: 60_000, what: 'the server to start again' });
};

describe('a database that is killed', () => {
  test('makes launches fail soon and as unavailable, and the clusters stay as they were last seen', async () => {
    await Promise.all(Array.from({ length: 4 }, launch)); // opens every connection of the pool
    server.process.kill('SIGKILL');
    await server.process.exited;
    const started = performance.now();
    const failures = await Promise.all(Array.from({ length: 8 }, () => launch().catch((err: unknown) => err)));
    for (const failure of failures) expect(failure).toBeInstanceOf(UnavailableError);
    await expect(registry.reload()).rejects.toThrow('the database could not list the clusters');
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(names()).toEqual(['before']);
  });

  test('and comes back is used again by the first who asks, and tells of changes as before', async () => {
    await startAgain();
    const outcomes = await Promise.all(Array.from({ length: 8 }, async () => (await launch()).outcome));
    expect(outcomes).toEqual(Array.from({ length: 8 }, () => 'reserved'));
    await waitFor(async () => (await db`SELECT 1 FROM pg_stat_activity WHERE query ILIKE 'listen%'`).length > 0, {
      timeoutMs: 60_000,
      what: 'the listener to be back',
    });
    await db`INSERT INTO vice_clusters (name, deployer_url) VALUES ('after', 'http://x')`;
    await seen('after');
  });

  test('or was shut down: no change is missed that was made while nobody could listen', async () => {
    server.process.kill('SIGINT');
    await server.process.exited;
    await startAgain();
    const quick = openDatabase(server.uri('postgres'), { maxConnections: 1 });
    await quick`INSERT INTO vice_clusters (name, deployer_url) VALUES ('meanwhile', 'http://x')`;
    await quick.end();
    await seen('meanwhile');
  });
});

test('a statement whose connection is cut is sent again when that changes nothing', async () => {
  const administrator = openDatabase(server.uri('postgres'), { maxConnections: 1 });
  const cut = () => administrator`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'vice'`;
  await Promise.all(Array.from({ length: 4 }, () => store.stop(newId(), signal)));
  const stops = Array.from({ length: 20 }, () => store.stop(newId(), signal));
  await Promise.all([cut(), expect(Promise.all(stops)).resolves.toEqual(stops.map(() => false))]);
  await administrator.end({ timeout: 1 });
});
