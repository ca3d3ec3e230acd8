import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Connected, connectKubernetes } from '../adapters/kubernetes/connect.ts';
import type { KubeconfigSource } from '../adapters/kubernetes/credentials.ts';
import type { AskedRequest } from '../adapters/kubernetes/transport.ts';
import { createLogger } from '../adapters/log/logger.ts';
import { DeployerMetrics } from '../adapters/metrics/deployer-metrics.ts';
import { SERVICE_URL, transferPrograms } from '../adapters/transfer-program/transfer-program.ts';
import { type DeployerConfig, loadDeployerConfig } from '../config/deployer.ts';
import type { Environment } from '../config/read.ts';
import { version } from '../config/version.ts';
import { WatchedInventory } from '../deployer/capabilities/watched-inventory.ts';
import { createDeployer } from '../deployer/deployer.ts';
import type { DeployerDeps } from '../deployer/deps.ts';
import { KINDS, type Kind } from '../deployer/kinds.ts';
import { measured } from '../deployer/measured.ts';
import { selectionOf } from '../deployer/observe/live.ts';
import { warningSelection } from '../deployer/observe/warnings.ts';
import { WatchedObserver } from '../deployer/observe/watched.ts';
import { sweep } from '../deployer/removing/sweep.ts';
import { deployerApi } from '../http/deployer-api/deployer-api.ts';
import { MemoryTrimmer } from './memory-trimmer.ts';
import { serveDeployer } from './serve-deployer.ts';

export interface Standalone {
  readonly url: string;
  /** Resolves when the kubeconfig was read; it listens before. @throws ConfigurationError */
  readonly connected: Promise<void>;
  /** Takes no new requests, lets those under way end as long as `drainSeconds` allow, and ends what goes on in the background. */
  stop(): Promise<void>;
}

/** A round costs nothing while there is nothing to sweep. */
const SWEEP_EVERY_MS = 15_000;
const TRIM_EVERY_MS = 2_000;

/** `vice --mode=standalone`: runs until `signal` aborts, then drains. Gives the exit code. */
export async function run(argv: readonly string[], env: Environment, signal: AbortSignal): Promise<number> {
  const config = loadDeployerConfig(argv, env);
  const log = createLogger({ level: config.logLevel, mode: 'standalone' });
  for (const warning of config.warnings) log.warn(warning);
  if (isOpenToAll(config)) log.warn({ hostname: config.hostname }, OPEN_TO_ALL);
  const standalone = createStandalone(config, log);
  log.info({ url: standalone.url, namespace: config.namespace }, 'listening');
  try {
    await standalone.connected;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    log.info('draining');
    await standalone.stop();
  }
  return 0;
}

const OPEN_TO_ALL =
  'nobody is asked who they are: whoever reaches this port may launch, read and end analyses. Keep it inside the cluster and out of reach of analyses ' +
  '(deploy/deployer/network-policies.yaml), or give it --mtls, or --hostname 127.0.0.1 for this machine alone';

function isOpenToAll({ hostname, tlsFiles }: DeployerConfig): boolean {
  return tlsFiles?.clientCaFile === undefined && !['127.0.0.1', '::1', 'localhost'].includes(hostname);
}

/** A deployer in this process. It listens at once, and reads the kubeconfig and lists the cluster meanwhile. */
export function createStandalone(config: DeployerConfig, log: Logger): Standalone {
  const { namespace } = config;
  const metrics = new DeployerMetrics(version);
  const transport = { asked: (request: AskedRequest) => metrics.asked(request) };
  return startStandalone(config, log, connectKubernetes({ kubeconfig: sourceOf(config), namespace, log, transport }), metrics);
}

/** A deployer on a cluster that the caller has connected. */
export function startStandalone(config: DeployerConfig, log: Logger, connectedTo: Connected, metrics = new DeployerMetrics(version)): Standalone {
  const { kubernetes, follower, logs, discovery, check } = connectedTo;
  const { namespace, policy } = config;
  const now = () => new Date();
  const observer = new WatchedObserver({ reader: kubernetes, namespace, now }, randomUUID().slice(0, 8));
  const inventory = new WatchedInventory(config.nodeSelector, now);
  const deps: DeployerDeps = {
    kubernetes,
    observer,
    inventory,
    discovery,
    logs,
    transfers: transfersOf(config),
    namespace,
    policy,
    log,
    now,
    version,
    mostApplies: config.maxApplies,
  };
  const deployer = measured(createDeployer(deps), metrics);
  metrics.watch(() => ({ watches: observer.state(), capabilityAgesSeconds: inventory.agesSeconds(), logReaders: deployer.logReaders() }));
  const app = deployerApi(deployer, { log, metrics, maxBodyBytes: config.maxBodyBytes, checkReady: () => observer.checkSynced() });
  const serving = serveDeployer(app, config, log);

  const ending = new AbortController();
  const connected = check();
  const background = connected.then(
    () =>
      Promise.all([
        ...kinds.map((kind) => follower.follow(selectionOf(kind, namespace), observer.sinkFor(kind), ending.signal)),
        follower.follow(warningSelection(), observer.warningSink(), ending.signal),
        inventory.follow(follower, ending.signal),
        sweeping(),
        trimming(),
      ]),
    () => {}, // whoever awaits `connected` is told
  );
  async function sweeping(): Promise<void> {
    while (await passed(SWEEP_EVERY_MS, ending.signal)) if (observer.isSynced) await sweep(deps, observer.views(), ending.signal);
  }
  async function trimming(): Promise<void> {
    const trimmer = new MemoryTrimmer();
    while (await passed(TRIM_EVERY_MS, ending.signal)) trimmer.look();
  }
  const stop = async () => {
    const drained = AbortSignal.timeout(config.drainSeconds * 1_000);
    await serving.stop(config.drainSeconds * 1_000);
    // An apply goes on when its caller is gone. One that is cut off is completed or removed by whoever asks next.
    await Promise.race([deployer.settled(), aborted(drained)]);
    ending.abort();
    await background;
  };
  return { url: serving.url, connected, stop };
}

const kinds = Object.keys(KINDS) as Kind[]; // the keys of the table are the kinds

/** Only in a pod do the names of Services lead anywhere. */
export function transfersOf({
  transferUrl,
  namespace,
  ...kubernetes
}: Pick<DeployerConfig, 'transferUrl' | 'namespace' | 'kubeconfig' | 'kubeconfigText'>) {
  return transferPrograms(transferUrl ?? (sourceOf(kubernetes).from === 'in-cluster' ? SERVICE_URL : undefined), namespace);
}

export function sourceOf({ kubeconfig, kubeconfigText }: Pick<DeployerConfig, 'kubeconfig' | 'kubeconfigText'>): KubeconfigSource {
  if (kubeconfig !== undefined) return { from: 'file', path: kubeconfig };
  return kubeconfigText !== undefined ? { from: 'text', text: kubeconfigText } : { from: 'in-cluster' };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** False as soon as `signal` aborts. */
async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => {});
  return !signal.aborted;
}
