import { pino } from 'pino';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { startStandalone } from '../../src/modes/standalone.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { dyingAt, type Moment } from '../support/dying-kubernetes.ts';
import { standaloneConfig } from './deployer-subject.ts';

/** What the child is told, as JSON in its one argument. */
export interface CrashOrder extends Moment {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly externalId: string;
  readonly work: 'apply' | 'remove' | 'fence';
}

/** A deployer that kills itself, as a node's failure would, at one of its own requests. Exits 0 when it did not come to that request. */
async function main(order: CrashOrder): Promise<void> {
  const { kubeconfig, namespace, externalId, work } = order;
  const log = pino({ level: 'silent' });
  const connected = connectKubernetes({ kubeconfig: { from: 'file', path: kubeconfig }, namespace, log });
  const bomb = dyingAt(connected.kubernetes, order);
  const standalone = startStandalone(standaloneConfig({ name: 'crash', kubeconfig }, namespace), log, { ...connected, kubernetes: bomb.kubernetes });
  await standalone.connected;
  const deployer = new DeployerClient(standalone.url);
  await deployer.list();
  bomb.arm();
  if (work === 'apply') await deployer.apply(sampleSpec(externalId));
  else await deployer.removeFully(externalId, work === 'fence' ? '?attempt=1&fence=true' : '');
  await standalone.stop();
  process.exit(0);
}

// The parent test writes the order; it is of the shape above.
if (import.meta.main) await main(JSON.parse(process.argv[2] ?? '{}'));
