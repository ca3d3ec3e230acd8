import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { parse } from 'yaml';
import { credentialsFrom } from '../adapters/kubernetes/credentials.ts';
import { createTransport } from '../adapters/kubernetes/transport.ts';
import { loadDeployerConfig } from '../config/deployer.ts';
import type { Narrator } from '../demo/narrator.ts';
import type { DemoOptions } from '../demo/options.ts';
import { startFront } from '../demo/sandbox/front.ts';
import { type SandboxCluster, startSandboxCluster } from '../demo/sandbox-cluster.ts';
import type { Stage, StageCluster } from '../demo/stage.ts';
import { ClusterMisconfiguredError, ConfigurationError } from '../errors/errors.ts';
import { createStandalone } from './standalone.ts';

export interface StageDeps {
  readonly options: DemoOptions;
  readonly narrator: Narrator;
  readonly logFor: (mode: string) => Logger;
  /** Takes the end of everything that is started, at once and in order. */
  readonly stack: AsyncDisposableStack;
  readonly signal: AbortSignal;
}

const NAMESPACE = 'vice-apps';
/** Arguments of every program of the demo. Of the machine's own configuration the demo reads nothing. */
export const hermetic = ['--config', '/dev/null', '--dotenv-path', '/dev/null', '--hostname', '127.0.0.1', '--port', '0', '--drain-seconds', '1'];

/** Where analyses may live. */
export type Home = Pick<Stage, 'clusters' | 'pagePort'>;

/** Two clusters that are imitations, and a deployer on each. */
export async function sandboxClusters(deps: StageDeps): Promise<Home> {
  const { narrator, stack } = deps;
  const sandboxes = ['east', 'west'].map((name) => startSandboxCluster({ name, namespaces: [NAMESPACE] }));
  for (const { stop } of sandboxes) stack.defer(stop);
  const front = startFront({ clusters: sandboxes.map(({ name, api }) => ({ name, store: api.store })) });
  stack.defer(front.stop);
  narrator.step('clusters', `${sandboxes.map(({ name }) => name).join(' and ')}, sandboxes in this process: no container runs`);
  const clusters = await Promise.all(sandboxes.map((sandbox, index) => sandboxStage(deps, sandbox, 10 * (index + 1))));
  narrator.step('deployers', clusters.map(({ name, deployerUrl }) => `${name} ${deployerUrl}`).join(', '));
  return { clusters, pagePort: front.port };
}

async function sandboxStage({ stack, logFor }: StageDeps, sandbox: SandboxCluster, priority: number): Promise<StageCluster> {
  const { name, url, token, api, kubeconfig } = sandbox;
  const config = loadDeployerConfig([...hermetic, '--vice-namespace', NAMESPACE], { VICE_KUBECONFIG: kubeconfig });
  const deployer = createStandalone(config, logFor(`deployer ${name}`));
  stack.defer(deployer.stop);
  await deployer.connected;
  const derived: readonly string[] = ['ReplicaSet', 'Pod', 'EndpointSlice'];
  return {
    name,
    namespace: NAMESPACE,
    deployerUrl: deployer.url,
    priority,
    profile: {},
    kindsOf: (externalId) => {
      const objects = api.store.all().filter(({ metadata }) => metadata.labels?.['external-id'] === externalId);
      return objects.map(({ kind }) => kind).filter((kind) => !derived.includes(kind));
    },
    openInside: () => [],
    lookInside: () => [`curl -s -H 'Authorization: Bearer ${token}' ${url}/api/v1/namespaces/${NAMESPACE}/pods`],
  };
}

/** A deployer on somebody's own cluster. */
export async function yourCluster({ narrator, stack, logFor, signal }: StageDeps, cluster: NonNullable<DemoOptions['cluster']>): Promise<Home> {
  const { kubeconfig, namespace, storageClass } = cluster;
  const config = loadDeployerConfig([...hermetic, '--vice-namespace', namespace, '--kubeconfig', kubeconfig], {});
  const name = await contextOf(kubeconfig);
  await checkNamespace(kubeconfig, namespace, signal);
  narrator.step('cluster', `${name}, namespace ${namespace}`, `the demo puts one analysis and its volume there, and removes both at its end`);
  const deployer = createStandalone(config, logFor(`deployer ${name}`));
  stack.defer(deployer.stop);
  await deployer.connected;
  narrator.step('deployer', deployer.url);
  const kubectl = `kubectl --kubeconfig ${kubeconfig} -n ${namespace}`;
  const lookInside = (externalId: string) => [`${kubectl} get deployments,pods,services,ingresses,pvc,configmaps -l external-id=${externalId}`];
  const openInside = (externalId: string) => [`${kubectl} port-forward service/vice-${externalId} 8088:60000   # then http://127.0.0.1:8088/`];
  const profile = { local_storage_class: storageClass };
  return { clusters: [{ name, namespace, deployerUrl: deployer.url, priority: 10, profile, openInside, lookInside }] };
}

/** A namespace that is not there shows only when something is created in it, and then the launch says little of why. */
async function checkNamespace(kubeconfig: string, namespace: string, signal: AbortSignal): Promise<void> {
  const transport = createTransport({ credentials: credentialsFrom({ from: 'file', path: kubeconfig }), tries: 1 });
  const path = `/api/v1/namespaces/${namespace}`;
  try {
    await transport.send({ method: 'GET', path, verb: 'get', what: `Namespace/${namespace}` }, signal);
  } catch (err) {
    if (!(err instanceof ClusterMisconfiguredError)) throw err;
    // Whoever may work in a namespace is not always allowed to read it.
    if (!err.message.includes('not found')) return;
    const remedy = `kubectl --kubeconfig ${kubeconfig} create namespace ${namespace}`;
    throw new ConfigurationError(`the cluster has no namespace ${namespace}`, { faults: [{ path: 'make it with', message: remedy }], cause: err });
  }
}

async function contextOf(kubeconfig: string): Promise<string> {
  const { 'current-context': context }: { 'current-context'?: unknown } = parse(await readFile(kubeconfig, 'utf8')) ?? {};
  return typeof context === 'string' && context !== '' ? context : 'cluster';
}
