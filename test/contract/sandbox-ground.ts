import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Connected, connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import type { DeployerConfig } from '../../src/config/deployer.ts';
import { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { startSandboxCluster } from '../../src/demo/sandbox-cluster.ts';
import { BUILT_IN_POLICY } from '../../src/schema/read-policy.ts';
import { type Kube, kube } from '../support/kube.ts';

/** A sandbox cluster of a test's own, and what is needed to run deployers on it. */
export interface SandboxGround {
  readonly config: DeployerConfig;
  readonly objects: ClusterObjects<Kube>;
  connect(): Connected;
  stop(): Promise<void>;
}

export async function sandboxGround(): Promise<SandboxGround> {
  const namespace = 'vice-apps';
  const sandbox = startSandboxCluster({ name: 'sandbox' });
  const folder = await mkdtemp(join(tmpdir(), 'vice-sandbox-'));
  await writeFile(join(folder, 'kubeconfig'), sandbox.kubeconfig);
  const { kubeconfig: text } = sandbox;
  const process = { port: 0, hostname: '127.0.0.1', maxBodyBytes: 1024 * 1024, maxApplies: 512, logLevel: 'fatal', drainSeconds: 1 } as const;
  return {
    config: { ...process, namespace, nodeSelector: 'analysis', policy: BUILT_IN_POLICY, kubeconfigText: text, warnings: [] },
    objects: new ClusterObjects(kube(join(folder, 'kubeconfig')), namespace),
    connect: () => connectKubernetes({ kubeconfig: { from: 'text', text }, namespace, log: pino({ level: 'silent' }) }),
    stop: async () => {
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
