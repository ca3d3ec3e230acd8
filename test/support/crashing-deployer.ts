import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { startStandalone } from '../../src/modes/standalone.ts';
import { capturedLog } from './captured-log.ts';
import { dyingAt, type Moment } from './dying-kubernetes.ts';
import { deployerConfig } from './platform.ts';

/** What the program is told, as JSON in its one argument. */
export interface CrashingDeployer extends Moment {
  readonly kubeconfig: string;
  readonly port: number;
}

// A program: a deployer that kills itself at one of its requests to the cluster. It says when it is ready.
async function main({ kubeconfig, port, ...moment }: CrashingDeployer): Promise<void> {
  const config = deployerConfig(kubeconfig, port);
  const { log } = capturedLog();
  const connected = connectKubernetes({ kubeconfig: { from: 'text', text: kubeconfig }, namespace: config.namespace, log });
  const bomb = dyingAt(connected.kubernetes, moment);
  const standalone = startStandalone(config, log, { ...connected, kubernetes: bomb.kubernetes });
  await standalone.connected;
  while ((await fetch(`${standalone.url}/readyz`)).status !== 200) await Bun.sleep(10);
  bomb.arm();
  process.stdout.write('ready\n');
}

// The parent test writes the order; it is of the shape above.
await main(JSON.parse(process.argv[2] ?? '{}'));
