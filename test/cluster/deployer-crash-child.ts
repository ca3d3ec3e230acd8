import { pino } from 'pino';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import type { Kubernetes } from '../../src/deployer/ports.ts';
import { startStandalone } from '../../src/modes/standalone.ts';
import { DeployerClient } from '../contract/deployer-client.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { standaloneConfig } from './deployer-subject.ts';

/** What the child is told, as JSON in its one argument. */
export interface CrashOrder {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly externalId: string;
  readonly work: 'apply' | 'remove' | 'fence';
  /** Dies at this call to the cluster, the first being 1. */
  readonly call: number;
  readonly when: 'before' | 'after';
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

function dyingAt(kubernetes: Kubernetes, { call, when }: CrashOrder): { readonly kubernetes: Kubernetes; arm(): void } {
  let isArmed = false;
  let calls = 0;
  const die = () => process.kill(process.pid, 'SIGKILL');
  const counted = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (!isArmed) return ask();
    calls += 1;
    const isIt = calls === call;
    if (isIt && when === 'before') die();
    const answer = await ask();
    if (isIt) die();
    return answer;
  };
  return {
    kubernetes: {
      create: (manifest, signal) => counted(() => kubernetes.create(manifest, signal)),
      apply: (manifest, signal) => counted(() => kubernetes.apply(manifest, signal)),
      replace: (manifest, signal) => counted(() => kubernetes.replace(manifest, signal)),
      remove: (ref, options, signal) => counted(() => kubernetes.remove(ref, options, signal)),
      find: (ref, signal) => counted(() => kubernetes.find(ref, signal)),
      list: (kind, selector, signal) => counted(() => kubernetes.list(kind, selector, signal)),
      ping: (signal) => kubernetes.ping(signal),
    },
    arm: () => {
      isArmed = true;
    },
  };
}

// The parent test writes the order; it is of the shape above.
if (import.meta.main) await main(JSON.parse(process.argv[2] ?? '{}'));
