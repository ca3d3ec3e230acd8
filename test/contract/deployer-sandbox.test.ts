import { afterAll, beforeAll } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type SandboxCluster, startSandboxCluster } from '../../src/demo/sandbox-cluster.ts';
import { createStandalone } from '../../src/modes/standalone.ts';
import { kube } from '../support/kube.ts';
import { deployerConformance } from './deployer-conformance.ts';

const namespace = 'vice-apps';
let sandbox: SandboxCluster | undefined;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vice-sandbox-'));
  sandbox = startSandboxCluster({ name: 'sandbox' });
  await writeFile(join(folder, 'kubeconfig'), sandbox.kubeconfig);
});
afterAll(async () => {
  await sandbox?.stop();
  await rm(folder, { recursive: true, force: true });
});

deployerConformance({
  name: 'standalone on the sandbox',
  real: false,
  remembers: true,
  namespace: () => namespace,
  start: async () => {
    const kubeconfigText = sandbox?.kubeconfig ?? '';
    const config = {
      port: 0,
      hostname: '127.0.0.1',
      maxBodyBytes: 1 << 20,
      logLevel: 'fatal',
      drainSeconds: 1,
      namespace,
      kubeconfigText,
      warnings: [],
    } as const;
    const standalone = createStandalone(config, pino({ level: 'silent' }));
    await standalone.connected;
    return standalone;
  },
  cluster: () => kube(join(folder, 'kubeconfig')),
});
