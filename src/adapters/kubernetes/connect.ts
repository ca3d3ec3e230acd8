import type { Logger } from 'pino';
import type { ClusterDiscovery } from '../../deployer/capabilities/ports.ts';
import type { LogSource } from '../../deployer/logs/ports.ts';
import type { Kubernetes, ObjectFollower } from '../../deployer/ports.ts';
import { credentialsFrom, type KubeconfigSource } from './credentials.ts';
import { kubernetesDiscovery } from './discovery.ts';
import { type FollowOptions, kubernetesFollower } from './follow.ts';
import { kubernetesLogs } from './logs.ts';
import { kubernetesObjects } from './objects.ts';
import { createTransport, type TransportOptions } from './transport.ts';

export interface ConnectOptions {
  readonly kubeconfig: KubeconfigSource;
  readonly namespace: string;
  readonly log: Logger;
  readonly transport?: Omit<TransportOptions, 'credentials'>;
  readonly follow?: Omit<FollowOptions, 'log'>;
}

/** One cluster, ready to be asked. */
export interface Connected {
  readonly kubernetes: Kubernetes;
  readonly follower: ObjectFollower;
  readonly logs: LogSource;
  readonly discovery: ClusterDiscovery;
  /** Reads the kubeconfig now rather than with the first request. @throws ConfigurationError */
  check(): Promise<void>;
}

/** Costs nothing: the kubeconfig is read, and the package that reads it is loaded, with the first request or with `check`. */
export function connectKubernetes({ kubeconfig, namespace, log, transport: tuning, follow }: ConnectOptions): Connected {
  const credentials = credentialsFrom(kubeconfig);
  const transport = createTransport({ credentials, ...tuning });
  return {
    kubernetes: kubernetesObjects(transport, namespace),
    follower: kubernetesFollower(transport, namespace, { log, ...follow }),
    logs: kubernetesLogs(transport, namespace),
    discovery: kubernetesDiscovery(transport),
    check: async () => {
      await credentials.current();
    },
  };
}
