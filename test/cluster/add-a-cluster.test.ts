import { afterAll, beforeAll, expect, test } from 'bun:test';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Coordinator, startCoordinator } from '../../src/modes/coordinator.ts';
import { openAdapters } from '../../src/modes/coordinator-adapters.ts';
import { capturedLog } from '../support/captured-log.ts';
import { kube } from '../support/kube.ts';
import { coordinatorConfig, database } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';
import { binFolder } from './build.ts';
import { testClusters } from './clusters.ts';
import { scriptOf, stepsOf } from './runbook.ts';

const root = join(import.meta.dir, '../..');
const [, cluster] = testClusters();
const api = kube(cluster.kubeconfig);
const ANALYSIS = '07b04ce2-7757-4b21-9e15-0b4c2f44be26';

let folder: string;
let coordinator: Coordinator;
let db: ReturnType<typeof database>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vice-runbook-'));
  await writeFile(join(folder, 'vice'), `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src/main.ts')}' "$@"\n`);
  await chmod(join(folder, 'vice'), 0o755);
  const keys = Bun.spawnSync([join(folder, 'vice'), 'keys', 'generate']);
  await writeFile(join(folder, 'keys'), keys.stdout, { mode: 0o600 });
  const uri = await freshDatabase();
  db = database(uri);
  const config = coordinatorConfig(uri, '--keys-file', join(folder, 'keys'));
  const { log } = capturedLog();
  coordinator = startCoordinator(config, log, openAdapters(config, log));
  await coordinator.prepared;
});
afterAll(async () => {
  await coordinator.stop();
  await db.close();
  await rm(folder, { recursive: true });
  await restoreNamespace();
});

/** The page ends with the removal of the namespace that other tests use. */
async function restoreNamespace(): Promise<void> {
  const path = '/api/v1/namespaces/vice-apps';
  const isGone = async () => (await api.find(path))?.metadata.deletionTimestamp === undefined;
  await waitFor(isGone, { timeoutMs: 100_000, what: 'the end of vice-apps' });
  if ((await api.find(path)) === undefined) await api.create('/api/v1/namespaces', { metadata: { name: 'vice-apps' } });
}

async function freePort(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(String(typeof address === 'object' ? address?.port : 0)));
  });
  return promise;
}

test('a cluster is added, used, rotated, drained and removed exactly as its runbook says', async () => {
  const steps = await stepsOf('add-a-cluster.md');
  expect(new Set(steps.map(({ heading }) => heading.replace(/\..*/, ''))).size).toBe(9);
  const env = {
    PATH: `${folder}:${binFolder}:${process.env['PATH']}`,
    HOME: folder,
    KUBECONFIG: cluster.kubeconfig,
    VICE_SOURCE: root,
    VICE_COORDINATOR: coordinator.url,
    DEPLOYER_HOST: 'localhost',
    DEPLOYER_PORT: await freePort(),
    PROBE_PORT: await freePort(),
  };
  const reader = Bun.spawn(['bash', '-c', scriptOf(steps)], { cwd: folder, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe', timeout: 300_000 });
  const [out, err, code] = await Promise.all([new Response(reader.stdout).text(), new Response(reader.stderr).text(), reader.exited]);
  expect({ code, told: code === 0 ? '' : `${out.slice(-4000)}\n${err.slice(-4000)}` }).toEqual({ code: 0, told: '' });
  for (const said of ['healthy', `deployment.apps/${ANALYSIS}`, 'draining']) expect(out).toContain(said);
  expect((await db.row(ANALYSIS))?.state).toBe('stopped');
  expect(await db.sql`SELECT name FROM vice_clusters`).toEqual([] as never);
}, 400_000);
