import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/demo/embedded-postgres.ts';
import { type SandboxCluster, startSandboxCluster } from '../../src/demo/sandbox-cluster.ts';
import { createStandalone, type Standalone } from '../../src/modes/standalone.ts';
import { type CapturedLog, capturedLog } from '../support/captured-log.ts';
import { authority, type Pair } from '../support/certificates.ts';
import { vice } from '../support/command.ts';
import { type CoordinatorProgram, startCoordinatorProgram } from '../support/coordinator-program.ts';
import { deployerConfig, send } from '../support/platform.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(120_000);

// A real coordinator, a real deployer over mutual TLS, and a database that writes down every statement with its parameters. Whatever happens to the
// private keys in here, the last test looks for them in everything that any of these has said.
const example = await Bun.file(`${import.meta.dir}/../golden/example/analysis.json`).json();
const folder = mkdtempSync(join(tmpdir(), 'vice-canary-'));
const tlsDir = join(folder, 'clusters');
const ca = authority('ca');
const canaries: string[] = [];
/** Every word of what was answered to anybody. */
const answers: string[] = [];

let server: EmbeddedPostgres;
let sql: postgres.Sql;
let sandbox: SandboxCluster;
let deployer: Standalone;
let deployerLog: CapturedLog;
let coordinator: CoordinatorProgram;
let uri: string;
const outputs: string[] = [];

/** A client certificate whose key is looked for in the end. */
function client(name: string, from = ca): Pair {
  const pair = from.issue({ name, use: 'client' });
  canaries.push(...pair.key.split('\n').filter((line) => line.length > 30));
  return pair;
}

/** As PostgreSQL writes bytes. */
const hex = (text: string) => Buffer.from(text).toString('hex');
const keysFile = (name: string) => join(folder, name);
const coordinatorFlags = (keys?: string) => ['--cluster-tls-dir', tlsDir, ...(keys === undefined ? [] : ['--keys-file', keysFile(keys)])];

async function restart(keys?: string): Promise<void> {
  await coordinator.kill('SIGTERM');
  outputs.push(coordinator.output());
  coordinator = await startCoordinatorProgram(uri, coordinatorFlags(keys));
}

beforeAll(async () => {
  mkdirSync(tlsDir);
  server = await startEmbeddedPostgres({
    settings: { log_statement: 'all', log_parameter_max_length: '-1', log_parameter_max_length_on_error: '-1' },
  });
  uri = server.uri('postgres');
  sql = postgres(uri, { max: 1, onnotice: () => undefined });
  await sql.unsafe(await Bun.file(`${import.meta.dir}/../../src/demo/discovery-environment.sql`).text());
  const [first, second] = [await vice(['keys', 'generate']), await vice(['keys', 'generate'])];
  writeFileSync(keysFile('old'), first.out);
  writeFileSync(keysFile('both'), `${second.out}${first.out}`);
  writeFileSync(keysFile('new'), second.out);
  // The secrets that keys are encrypted with are to be seen nowhere either.
  for (const { out } of [first, second]) canaries.push(out.trim().split(':')[1] ?? out);
  const server1 = ca.issue({ name: 'deployer', use: 'server', hosts: ['127.0.0.1'] });
  const paths = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key'), clientCaFile: join(folder, 'ca.crt') };
  writeFileSync(paths.certFile, server1.cert);
  writeFileSync(paths.keyFile, server1.key);
  writeFileSync(paths.clientCaFile, ca.cert);
  sandbox = startSandboxCluster({ name: 'canary', namespaces: ['vice-apps'] });
  deployerLog = capturedLog();
  deployer = createStandalone({ ...deployerConfig(sandbox.kubeconfig), tlsFiles: { ...paths, clientNames: [] } }, deployerLog.log);
  await deployer.connected;
  coordinator = await startCoordinatorProgram(uri, coordinatorFlags());
});
afterAll(async () => {
  await coordinator.kill('SIGTERM');
  await deployer.stop();
  await sandbox.stop();
  await sql.end({ timeout: 5 });
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function ask(method: string, path: string, body?: unknown) {
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const answer = await fetch(`${coordinator.url}${path}`, { method, ...init });
  const text = await answer.text();
  answers.push(text, JSON.stringify([...answer.headers]));
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
}

const stored = (pair: Pair) => ({ ca_cert: ca.cert, client_cert: pair.cert, client_key: pair.key });
const statusIs = (id: string, status: string) =>
  waitFor(async () => (await ask('GET', `/api/v1/clusters/${id}`)).body.status === status, {
    timeoutMs: 60_000,
    what: `the cluster to be ${status}`,
  });

/** Which client the deployer was called by when the launch arrived. */
async function launchedBy(): Promise<unknown> {
  const uuid = randomUUID();
  const launched = await send(`${coordinator.url}/vice/launch`, { ...example, uuid, user_id: randomUUID() });
  answers.push(await launched.text());
  expect(launched.status).toBe(200);
  const arrived = deployerLog.lines.findLast(({ method, path }) => method === 'POST' && path === '/api/v1/deployments');
  return (arrived?.['client'] as { readonly subject?: string } | undefined)?.subject; // of the access log
}

/** Takes the cluster away, so that the next one is the only one. */
async function remove(id: string): Promise<void> {
  await sql`UPDATE vice_deployments SET state = 'stopped', removal_due = NULL, lease_owner = NULL, lease_until = NULL`;
  expect((await ask('DELETE', `/api/v1/clusters/${id}`)).status).toBe(204);
}

test('without an encryption key no private key is stored, and the fault says what to do', async () => {
  const { status, body } = await ask('POST', '/api/v1/clusters', { name: 'a', deployer_url: deployer.url, ...stored(client('refused')) });
  expect([status, body.faults]).toEqual([400, [{ path: 'client_key', message: expect.stringContaining('--keys-file') }]]);
  expect(await sql`SELECT 1 FROM vice_clusters`).toHaveLength(0);
});

describe('a private key in the database', () => {
  let id: string;

  test('is stored, used by launches, replaced, and refused with a reason when the deployer does not take it', async () => {
    await restart('old');
    id = (await ask('POST', '/api/v1/clusters', { name: 'a', deployer_url: deployer.url, ...stored(client('first')) })).body.id;
    expect(await launchedBy()).toBe('CN=first');
    expect((await ask('PUT', `/api/v1/clusters/${id}`, stored(client('second')))).status).toBe(200);
    expect(await launchedBy()).toBe('CN=second');
    await ask('PUT', `/api/v1/clusters/${id}`, stored(client('foreign', authority('foreign'))));
    await statusIs(id, 'auth_failed');
    const failed = await send(`${coordinator.url}/vice/launch`, { ...example, uuid: randomUUID(), user_id: randomUUID() });
    answers.push(await failed.text());
    expect(failed.status).toBe(503);
    await ask('PUT', `/api/v1/clusters/${id}`, stored(client('third')));
    await statusIs(id, 'healthy');
    expect(await launchedBy()).toBe('CN=third');
  });

  test('is in no fault of a document that is wrong in every way', async () => {
    const pair = client('wrong');
    const texts = [
      pair.key,
      `${pair.key}${pair.key.slice(0, 90)}`,
      pair.key.replace('BEGIN', 'begin'),
      `${pair.key}\0`,
      pair.key.replaceAll('\n', ' '),
      pair.key.slice(30),
    ];
    for (const client_key of texts) {
      for (const field of ['client_key', 'client_cert', 'ca_cert', 'client_key_ref', 'name', 'deployer_url', 'unknown']) {
        const { status } = await ask('PUT', `/api/v1/clusters/${id}`, { ...stored(client('other')), [field]: client_key });
        expect([field, status >= 400 && status < 500]).toEqual([field, true]);
      }
    }
    await ask('PUT', `/api/v1/clusters/${encodeURIComponent('x')}`, stored(pair));
    const cut = await fetch(`${coordinator.url}/api/v1/clusters`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"client_key": ${JSON.stringify(pair.key).slice(0, -1)}`,
    });
    const text = await cut.text();
    expect(cut.status).toBe(400);
    answers.push(text);
  });

  test('is sealed anew while launches go on, none of which fails, and the former encryption key is then needed no more', async () => {
    await restart('both');
    const failed: number[] = [];
    let isOver = false;
    let launched = 0;
    const launching = (async () => {
      while (!isOver) {
        const { status } = await send(`${coordinator.url}/vice/launch`, { ...example, uuid: randomUUID(), user_id: randomUUID() });
        launched++;
        if (status !== 200) failed.push(status);
      }
    })();
    await waitFor(() => launched > 2, { timeoutMs: 60_000, what: 'launches before' });
    const flags = ['--keys-file', keysFile('both'), '--config', '/dev/null', '--dotenv-path', '/dev/null'];
    const rotated = await vice(['keys', 'rotate', ...flags], { env: { DISCOENV_DB_URI: uri } });
    const before = launched;
    await waitFor(() => launched > before + 2, { timeoutMs: 60_000, what: 'launches afterwards' });
    isOver = true;
    await launching;
    answers.push(rotated.out, rotated.err);
    expect([rotated.code, rotated.out, failed]).toEqual([0, expect.stringContaining('sealed anew'), []]);
    await restart('new');
    expect(await launchedBy()).toBe('CN=third');
    const { body } = await ask('GET', '/api/v1/audit?limit=1');
    expect(body.entries[0]).toMatchObject({ action: 'rotate-key', subject: expect.stringContaining('vice keys rotate'), cluster_id: id });
    await remove(id);
  });
});

test('a private key in a folder of the cluster’s own is used, and its successor too when the files are replaced', async () => {
  const registered = await ask('POST', '/api/v1/clusters', { name: 'b', deployer_url: deployer.url, enabled: false });
  const { id } = registered.body;
  const write = ({ cert, key }: Pair) => {
    mkdirSync(join(tlsDir, id), { recursive: true });
    for (const [file, text] of Object.entries({ 'ca.crt': ca.cert, 'tls.crt': cert, 'tls.key': key })) {
      writeFileSync(join(tlsDir, id, `${file}.new`), text);
      renameSync(join(tlsDir, id, `${file}.new`), join(tlsDir, id, file));
    }
  };
  write(client('file-1'));
  expect((await ask('PUT', `/api/v1/clusters/${id}`, { mtls_enabled: true, enabled: true })).status).toBe(200);
  expect(await launchedBy()).toBe('CN=file-1');
  write(client('file-2'));
  await waitFor(async () => (await launchedBy()) === 'CN=file-2', { timeoutMs: 30_000, what: 'the new certificate' });
  await remove(id);
});

test('a private key in a mounted Secret is used, and its successor too when Kubernetes exchanges the mount', async () => {
  // As the kubelet does it: a folder for each version, and one link that is renamed over the former one.
  const mount = join(tlsDir, 'coordinator-client-tls');
  mkdirSync(mount);
  const publish = (version: string, { cert, key }: Pair) => {
    mkdirSync(join(mount, version));
    for (const [file, text] of Object.entries({ 'ca.crt': ca.cert, 'tls.crt': cert, 'tls.key': key }))
      writeFileSync(join(mount, version, file), text);
    symlinkSync(version, join(mount, '..data_tmp'));
    renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
  };
  publish('..1', client('secret-1'));
  for (const file of ['ca.crt', 'tls.crt', 'tls.key']) symlinkSync(join('..data', file), join(mount, file));
  const { body } = await ask('POST', '/api/v1/clusters', { name: 'c', deployer_url: deployer.url, client_key_ref: 'coordinator-client-tls' });
  expect(await launchedBy()).toBe('CN=secret-1');
  publish('..2', client('secret-2'));
  await waitFor(async () => (await launchedBy()) === 'CN=secret-2', { timeoutMs: 30_000, what: 'the new certificate' });
  const [row] = await sql`SELECT client_key_encrypted, client_key_ref FROM vice_clusters WHERE id = ${body.id}`;
  expect(row).toEqual({ client_key_encrypted: null, client_key_ref: 'coordinator-client-tls' });
  await remove(body.id);
});

test('none of these keys is in an answer, a log, a metric, the audit, any table, any statement, or the command line of a process', async () => {
  answers.push(
    await (await fetch(`${coordinator.url}/metrics`)).text(),
    await (await fetch(`${deployer.url}/metrics`, { tls: { ca: ca.cert, ...client('metrics') } })).text(),
  );
  for (const path of ['/api/v1/clusters', '/api/v1/audit?limit=500', '/openapi.json']) await ask('GET', path);
  const tables = await sql<{ name: string }[]>`SELECT table_name AS name FROM information_schema.tables WHERE table_name LIKE 'vice%'`;
  const rows = await Promise.all(tables.map(({ name }) => sql`SELECT t::text AS row FROM ${sql(name)} AS t`));
  const places = {
    answers: answers.join('\n'),
    coordinator: [...outputs, coordinator.output()].join('\n'),
    deployer: deployerLog.text(),
    statements: readFileSync(server.logFile, 'utf8'),
    tables: JSON.stringify(rows),
    process: Bun.spawnSync(['ps', 'eww', '-o', 'command=', '-p', String(coordinator.pid)]).stdout.toString(),
  };
  expect(canaries.length).toBeGreaterThan(20);
  for (const [place, text] of Object.entries(places)) {
    expect([place, text.length > 100]).toEqual([place, true]);
    expect([place, canaries.filter((canary) => text.includes(canary) || text.includes(hex(canary)))]).toEqual([place, []]);
  }
  // The statements and their parameters are really there.
  expect(places.statements).toContain('set_config');
  expect(places.statements).toContain('coordinator-client-tls');
});
