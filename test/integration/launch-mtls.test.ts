import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKeyLine } from '../../src/adapters/keys/key-ring.ts';
import { type SandboxCluster, startSandboxCluster } from '../../src/demo/sandbox-cluster.ts';
import { type Coordinator, startCoordinator } from '../../src/modes/coordinator.ts';
import { openAdapters } from '../../src/modes/coordinator-adapters.ts';
import { createStandalone, type Standalone } from '../../src/modes/standalone.ts';
import { capturedLog } from '../support/captured-log.ts';
import { authority, type Pair } from '../support/certificates.ts';
import { coordinatorConfig, database, deployerConfig, send } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(120_000);

const example = await Bun.file(`${import.meta.dir}/../golden/example/analysis.json`).json();
const folder = mkdtempSync(join(tmpdir(), 'vice-launch-mtls-'));
const captured = capturedLog();
const ca = authority('ca');
const client = (name = 'coordinator', from = ca) => from.issue({ name, use: 'client' });
const server = () => ca.issue({ name: 'deployer', use: 'server', hosts: ['127.0.0.1'] });

interface Site {
  readonly deployer: Standalone;
  readonly sandbox: SandboxCluster;
  show(pair: Pair): void;
}
let sites: Record<'east' | 'west', Site>;
let ids: Record<'east' | 'west', string>;
let coordinator: Coordinator;
let db: ReturnType<typeof database>;

async function startSite(name: string): Promise<Site> {
  const file = (what: string) => join(folder, `${name}-${what}`);
  const show = ({ cert, key }: Pair) => {
    writeFileSync(file('tls.crt'), cert);
    writeFileSync(file('tls.key'), key);
  };
  show(server());
  writeFileSync(file('ca.crt'), ca.cert);
  const sandbox = startSandboxCluster({ name, namespaces: ['vice-apps'] });
  const tlsFiles = { certFile: file('tls.crt'), keyFile: file('tls.key'), clientCaFile: file('ca.crt'), clientNames: [] };
  const deployer = createStandalone({ ...deployerConfig(sandbox.kubeconfig), tlsFiles }, captured.log);
  await deployer.connected;
  return { deployer, sandbox, show };
}

const clusters = (path: string, method: string, body: object) =>
  fetch(`${coordinator.url}/api/v1/clusters${path}`, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const certificates = ({ cert, key }: Pair) => ({ ca_cert: ca.cert, client_cert: cert, client_key: key });

async function register(name: 'east' | 'west', priority: number, pair: Pair): Promise<string> {
  const answer = await clusters('', 'POST', { name, deployer_url: sites[name].deployer.url, priority, ...certificates(pair) });
  const { id } = (await answer.json()) as { id: string }; // a test that reads more than it has fails
  expect(answer.status).toBe(201);
  return id;
}

async function launch(): Promise<{ readonly status: number; readonly uuid: string; readonly text: string }> {
  const uuid = randomUUID();
  const answer = await send(`${coordinator.url}/vice/launch`, { ...example, uuid, user_id: randomUUID() });
  return { status: answer.status, uuid, text: await answer.text() };
}

const homeOf = async (uuid: string) => (await db.row(uuid))?.cluster_id;
const statusIs = (name: 'east' | 'west', status: string) =>
  waitFor(
    async () => {
      const cluster = (await (await fetch(`${coordinator.url}/api/v1/clusters/${ids[name]}`)).json()) as Record<string, unknown>; // it is JSON
      return cluster['status'] === status && cluster;
    },
    { timeoutMs: 60_000, what: `${name} to be ${status}` },
  );

beforeAll(async () => {
  const uri = await freshDatabase();
  db = database(uri);
  const keys = join(folder, 'keys');
  writeFileSync(keys, newKeyLine(new Date()));
  const [east, west] = await Promise.all([startSite('east'), startSite('west')]);
  sites = { east, west };
  const config = coordinatorConfig(uri, '--keys-file', keys, '--drain-seconds', '1');
  coordinator = startCoordinator(config, captured.log, openAdapters(config, captured.log));
  await coordinator.prepared;
  // The first one that is asked does not let the coordinator in.
  ids = { east: await register('east', 1, client('coordinator', authority('foreign'))), west: await register('west', 2, client()) };
});
afterAll(async () => {
  await coordinator.stop();
  for (const { deployer, sandbox } of Object.values(sites)) {
    await deployer.stop();
    await sandbox.stop();
  }
  await db.close();
  rmSync(folder, { recursive: true });
});

test('a launch passes by a cluster that refuses our certificate, and the cluster says why', async () => {
  const { status, uuid } = await launch();
  expect([status, await homeOf(uuid)]).toEqual([200, ids.west]);
  expect(await statusIs('east', 'auth_failed')).toMatchObject({ status_reason: expect.stringContaining('does not let in the client certificate') });
  await statusIs('west', 'healthy');
});

test('with the right certificate it takes launches again', async () => {
  expect((await clusters(`/${ids.east}`, 'PUT', certificates(client()))).status).toBe(200);
  await statusIs('east', 'healthy');
  const { status, uuid } = await launch();
  expect([status, await homeOf(uuid)]).toEqual([200, ids.east]);
});

test('a cluster that is registered disabled says whether it can be reached, before it is enabled', async () => {
  const { url } = sites.west.deployer;
  const answer = await clusters('', 'POST', { name: 'new', deployer_url: url, enabled: false, ...certificates(client()) });
  const { id } = (await answer.json()) as { id: string }; // a test that reads more than it has fails
  const found = async () => {
    const cluster = (await (await fetch(`${coordinator.url}/api/v1/clusters/${id}`)).json()) as Record<string, unknown>; // it is JSON
    return cluster['connection'] !== undefined && cluster;
  };
  expect(await waitFor(found, { timeoutMs: 10_000, what: 'the connection to be tested' })).toMatchObject({
    status: 'disabled',
    connection: { state: 'healthy' },
    deployer: { version: 'development', clock_skew_ms: 0 },
    last_health_check: expect.any(String),
  });
});

test('certificates of both sides are exchanged while launches go on, and none fails', async () => {
  const failed: string[] = [];
  let isOver = false;
  let launched = 0;
  const launching = Array.from({ length: 3 }, async () => {
    while (!isOver) {
      const { status, uuid, text } = await launch();
      launched++;
      if (status !== 200) failed.push(`${uuid}: ${status} ${text}`);
    }
  });
  for (let round = 0; round < 6; round++) {
    const before = launched;
    sites.east.show(server());
    const changed = await clusters(`/${ids.east}`, 'PUT', certificates(client(`coordinator-${round}`)));
    if (changed.status !== 200) failed.push(`change: ${changed.status}`);
    await waitFor(() => launched > before + 6, { timeoutMs: 60_000, what: 'launches between two exchanges' });
  }
  isOver = true;
  await Promise.all(launching);
  expect(failed).toEqual([]);
  expect(captured.text()).toContain('coordinator-5');
});

test('no private key was ever logged', () => {
  expect(captured.text()).not.toContain('PRIVATE KEY');
});
