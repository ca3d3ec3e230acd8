import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import type { DeployerConfig } from '../../src/config/deployer.ts';
import { createStandalone, type Standalone } from '../../src/modes/standalone.ts';
import { type Kube, kube } from '../support/kube.ts';
import type { TestCluster } from './clusters.ts';

/** A namespace of its own, so that quotas and counts of one suite are not another's. */
export interface OwnNamespace {
  readonly namespace: string;
  readonly kube: Kube;
  /** Removes the namespace and what is in it. */
  drop(): Promise<void>;
}

export async function ownNamespace({ kubeconfig }: TestCluster, purpose: string): Promise<OwnNamespace> {
  const namespace = `vice-${purpose}-${randomBytes(4).toString('hex')}`;
  const api = kube(kubeconfig);
  await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return { namespace, kube: api, drop: () => api.delete(`/api/v1/namespaces/${namespace}`) };
}

export function standaloneConfig({ kubeconfig }: TestCluster, namespace: string): DeployerConfig {
  const process = { port: 0, hostname: '127.0.0.1', maxBodyBytes: 1024 * 1024, logLevel: 'warn', drainSeconds: 5 } as const;
  return { ...process, namespace, kubeconfig, warnings: [] };
}

/** A standalone deployer in this process that has listed the cluster. */
export async function startDeployer(cluster: TestCluster, namespace: string): Promise<Standalone> {
  const standalone = createStandalone(standaloneConfig(cluster, namespace), pino({ level: 'silent' }));
  await standalone.connected;
  return standalone;
}
