import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Logger } from 'pino';
import { parse } from 'yaml';
import { loadCoordinatorConfig } from '../config/coordinator.ts';
import { loadDeployerConfig } from '../config/deployer.ts';
import { createDiscoveryEnvironment, USER_SUFFIX } from '../demo/discovery-environment.ts';
import { startEmbeddedPostgres } from '../demo/embedded-postgres.ts';
import type { Narrator } from '../demo/narrator.ts';
import type { DemoOptions } from '../demo/options.ts';
import { startFront } from '../demo/sandbox/front.ts';
import { type SandboxCluster, startSandboxCluster } from '../demo/sandbox-cluster.ts';
import type { LaunchBody, Stage, StageCluster } from '../demo/stage.ts';
import { subdomainOf } from '../spec-builder/subdomain.ts';
import { startCoordinator } from './coordinator.ts';
import { openAdapters } from './coordinator-adapters.ts';
import { createStandalone } from './standalone.ts';

export interface StageDeps {
  readonly options: DemoOptions;
  readonly narrator: Narrator;
  readonly logFor: (mode: string) => Logger;
  /** Takes the end of everything that is started, at once and in order. */
  readonly stack: AsyncDisposableStack;
  readonly signal: AbortSignal;
  /** The folder that the user's command lines start from. */
  readonly folder: string;
}

/** The coordinator makes its tables in this time, or something is wrong with the machine. */
const START_LIMIT_MS = 20_000;
const NAMESPACE = 'vice-apps';
/** Of the machine's own configuration the demo reads nothing. */
const hermetic = ['--config', '/dev/null', '--dotenv-path', '/dev/null', '--hostname', '127.0.0.1', '--port', '0', '--drain-seconds', '1'];
const bodyFile = join(import.meta.dir, '../demo/example.json');

/** Starts everything that the story needs. What was started is on the stack, also when this throws. */
export async function setStage(deps: StageDeps): Promise<Stage> {
  const { options, narrator, stack, signal, folder } = deps;
  const server = await startEmbeddedPostgres();
  stack.defer(server.stop);
  signal.throwIfAborted();
  const environment = await createDiscoveryEnvironment(server.uri);
  stack.defer(environment.close);
  narrator.step('PostgreSQL', `127.0.0.1:${server.port}, with the tables of the Discovery Environment`);

  const home = options.cluster ? await yourCluster(deps, options.cluster) : await sandboxClusters(deps);
  signal.throwIfAborted();
  const frontendBase = `http://localhost${home.pagePort === undefined ? '' : `:${home.pagePort}`}`;
  const config = loadCoordinatorConfig([...hermetic, '--user-suffix', USER_SUFFIX], coordinatorEnvironment(environment.uri, frontendBase));
  const coordinatorLog = deps.logFor('coordinator');
  const coordinator = startCoordinator(config, coordinatorLog, openAdapters(config, coordinatorLog));
  stack.defer(coordinator.stop);
  await beforeAbort(coordinator.prepared, AbortSignal.any([signal, AbortSignal.timeout(START_LIMIT_MS)]));
  narrator.step('coordinator', coordinator.url);

  const example: LaunchBody = JSON.parse(await readFile(bodyFile, 'utf8')); // the repository's own file
  // In a cluster of somebody else the example's own id may be taken, by another demo for instance.
  const body = options.cluster ? { ...example, uuid: randomUUID() } : example;
  return {
    ...home,
    coordinatorUrl: coordinator.url,
    environment,
    body,
    ...(options.cluster ? {} : { bodyFile: relative(folder, bodyFile) }),
    subdomain: subdomainOf(body.user_id, body.uuid),
    startLimitMs: options.cluster ? 120_000 : 15_000,
  };
}

type Home = Pick<Stage, 'clusters' | 'pagePort'>;

async function sandboxClusters(deps: StageDeps): Promise<Home> {
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
    lookInside: () => [`curl -s -H 'Authorization: Bearer ${token}' ${url}/api/v1/namespaces/${NAMESPACE}/pods`],
  };
}

async function yourCluster({ narrator, stack, logFor }: StageDeps, cluster: NonNullable<DemoOptions['cluster']>): Promise<Home> {
  const { kubeconfig, namespace, storageClass } = cluster;
  const config = loadDeployerConfig([...hermetic, '--vice-namespace', namespace, '--kubeconfig', kubeconfig], {});
  const name = await contextOf(kubeconfig);
  narrator.step('cluster', `${name}, namespace ${namespace}`, `the demo puts one analysis and its volume there, and removes both at its end`);
  const deployer = createStandalone(config, logFor(`deployer ${name}`));
  stack.defer(deployer.stop);
  await deployer.connected;
  narrator.step('deployer', deployer.url);
  const kubectl = `kubectl --kubeconfig ${kubeconfig} -n ${namespace}`;
  const lookInside = (externalId: string) => [`${kubectl} get deployments,pods,services,ingresses,pvc,configmaps -l external-id=${externalId}`];
  const only: StageCluster = { name, namespace, deployerUrl: deployer.url, priority: 10, profile: { local_storage_class: storageClass }, lookInside };
  return { clusters: [only] };
}

async function contextOf(kubeconfig: string): Promise<string> {
  const { 'current-context': context }: { 'current-context'?: unknown } = parse(await readFile(kubeconfig, 'utf8')) ?? {};
  return typeof context === 'string' && context !== '' ? context : 'cluster';
}

function coordinatorEnvironment(dbUri: string, frontendBase: string): Readonly<Record<string, string>> {
  return {
    DISCOENV_DB_URI: dbUri,
    DISCOENV_IRODS_ZONE: 'cyverse',
    DISCOENV_K8S_FRONTEND_BASE: frontendBase,
    DISCOENV_VICE_USE_CSI_DRIVER: 'true',
    DISCOENV_VICE_FILE_TRANSFERS_TAG: 'latest',
    DISCOENV_INTERAPPS_PROXY_TAG: 'latest',
    DISCOENV_PATH_LIST_FILE_IDENTIFIER: '# application/vnd.de.multi-input-path-list+csv; version=1',
    DISCOENV_KEYCLOAK_BASE: 'https://keycloak.example.org',
    DISCOENV_KEYCLOAK_REALM: 'example',
    DISCOENV_KEYCLOAK_CLIENT_ID: 'vice',
  };
}

/** @throws the signal's reason when that comes first */
function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}
