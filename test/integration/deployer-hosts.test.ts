import { afterAll, beforeAll, expect, test } from 'bun:test';
import { keyVault } from '../../src/adapters/keys/vault.ts';
import { clusterStore } from '../../src/adapters/postgres/cluster-store.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { runMigrations } from '../../src/adapters/postgres/migrations/run.ts';
import { clusterUseCases } from '../../src/cluster-registry/clusters.ts';
import { type ClusterRegistry, clusterRegistry } from '../../src/cluster-registry/registry.ts';
import { InvalidDocumentError } from '../../src/errors/errors.ts';
import type { ClusterId } from '../../src/schema/ids.ts';
import { capturedLog } from '../support/captured-log.ts';
import { freshDatabase } from '../support/postgres.ts';

const { log } = capturedLog();
const by = { subject: 'test' };
const signal = new AbortController().signal;
let db: Database;
let registry: ClusterRegistry;
beforeAll(async () => {
  db = openDatabase(await freshDatabase());
  await runMigrations(db);
  registry = clusterRegistry({ ...rules(['*.example.org']), store: clusterStore(db), reloadMs: 3_600_000, log });
  await registry.start();
}, 120_000);
afterAll(async () => {
  await registry.stop();
  await db.end({ timeout: 5 });
});

const rules = (deployerHosts?: readonly string[]) => ({ certificates: { vault: keyVault([]) }, ...(deployerHosts && { deployerHosts }) });
const newId = () => crypto.randomUUID() as ClusterId; // which is a UUID

function administrator(deployerHosts?: readonly string[]) {
  return clusterUseCases({ ...rules(deployerHosts), store: clusterStore(db), registry, newId, log });
}

const faultsOf = async (asked: Promise<unknown>) => {
  const err = await asked.catch((caught: unknown) => caught);
  return err instanceof InvalidDocumentError ? err.faults : err;
};
const never = [{ path: 'deployer_url', message: expect.stringContaining('never asked') }];
const notListed = [{ path: 'deployer_url', message: expect.stringContaining('--deployer-hosts allows: *.example.org') }];

test('a cluster is neither registered nor moved to where no deployer may be', async () => {
  const anywhere = administrator();
  expect(await faultsOf(anywhere.register({ name: 'a', deployer_url: 'http://169.254.169.254' }, by, signal))).toEqual(never);
  const listed = administrator(['*.example.org']);
  expect(await faultsOf(listed.register({ name: 'a', deployer_url: 'http://elsewhere.test' }, by, signal))).toEqual(notListed);
  const { id } = await listed.register({ name: 'a', deployer_url: 'http://a.example.org' }, by, signal);
  expect(await faultsOf(listed.change(id, { deployer_url: 'http://elsewhere.test' }, undefined, by, signal))).toEqual(notListed);
  expect(await faultsOf(listed.change(id, { deployer_url: 'http://[fe80::1]' }, undefined, by, signal))).toEqual(never);
  expect(await listed.get(id, signal)).toMatchObject({ deployer_url: 'http://a.example.org' });
  expect(await db`SELECT 1 FROM vice_clusters`).toHaveLength(1);
});

test('a row that was written by hand leads nowhere else either', async () => {
  await db`UPDATE vice_clusters SET deployer_url = 'http://metadata.google.internal'`;
  await db`INSERT INTO vice_clusters (name, deployer_url) VALUES ('new', 'http://elsewhere.test')`;
  await registry.reload();
  const [known, fresh] = registry.snapshot();
  expect(known).toMatchObject({ deployer_url: 'http://a.example.org', status: 'degraded', fault: expect.stringContaining('never asked') });
  expect(fresh).toMatchObject({ name: 'new', enabled: false, fault: expect.stringContaining('--deployer-hosts') });
});
