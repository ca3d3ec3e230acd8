import { pino } from 'pino';
import type { DeployerConfig } from '../../src/config/deployer.ts';
import { createStandalone, type Standalone } from '../../src/modes/standalone.ts';
import { BUILT_IN_POLICY } from '../../src/schema/read-policy.ts';
import type { TestCluster } from './clusters.ts';

export function standaloneConfig({ kubeconfig }: TestCluster, namespace: string): DeployerConfig {
  const process = { port: 0, hostname: '127.0.0.1', maxBodyBytes: 1024 * 1024, maxApplies: 512, logLevel: 'warn', drainSeconds: 5 } as const;
  return { ...process, namespace, nodeSelector: 'analysis', policy: BUILT_IN_POLICY, kubeconfig, warnings: [] };
}

/** A standalone deployer in this process that has listed the cluster. */
export async function startDeployer(cluster: TestCluster, namespace: string): Promise<Standalone> {
  const standalone = createStandalone(standaloneConfig(cluster, namespace), pino({ level: 'silent' }));
  await standalone.connected;
  return standalone;
}
