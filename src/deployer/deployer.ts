import { NotFoundError } from '../errors/errors.ts';
import type { Capabilities } from '../schema/capabilities.ts';
import type { ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import type { DeploymentStatus, RemovalStatus, UrlReady } from '../schema/deployment-status.ts';
import type { FileTransfer, TransferType } from '../schema/file-transfer.ts';
import type { Health } from '../schema/health.ts';
import type { ExternalId } from '../schema/ids.ts';
import type { LogRecord, Logs } from '../schema/logs.ts';
import { specHash } from '../schema/spec-hash.ts';
import { Admission } from './admission.ts';
import { type Applied, apply } from './applying/apply.ts';
import { capabilitiesOf } from './capabilities/capabilities.ts';
import type { DeployerDeps } from './deps.ts';
import { followLogs, type Reader } from './logs/follow-logs.ts';
import { type LogQuery, readLogs } from './logs/read-logs.ts';
import type { Listed, Observed } from './observe/observer.ts';
import { statusOf, urlReadyOf } from './observe/status.ts';
import { isThere } from './observe/view.ts';
import { checkPolicy } from './policy/check-policy.ts';
import { type RemovalScope, remove } from './removing/remove.ts';
import { startTransfer, transferState } from './transfers/transfers.ts';

/** What one deployer does for one namespace of one cluster. It holds nothing that the cluster does not: it may be restarted or doubled at any time. */
export interface Deployer {
  /**
   * Runs the reading and applying of a spec if there is room for one more.
   * @throws OverloadedError, and then `work` was not begun; else as `work`
   */
  admit<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Applies a spec; the same one again changes nothing. Requests at once for the same spec and attempt share one run. It goes on to its end also when
   * nobody waits for it any more. `origin` says who sent it, for the operator.
   * @throws SpecRefusedError with every violation of the policy, and as `apply`
   */
  apply(spec: ViceDeploymentSpec, origin: string): Promise<Applied>;
  /** @throws as `remove` */
  remove(externalId: ExternalId, scope: RemovalScope): Promise<RemovalStatus>;
  /** @throws NotFoundError: the cluster was asked and has nothing of it */
  status(externalId: ExternalId, signal: AbortSignal): Promise<DeploymentStatus>;
  /** @throws as status */
  urlReady(externalId: ExternalId, signal: AbortSignal): Promise<UrlReady>;
  /** @throws as `readLogs`, and OverloadedError */
  logs(externalId: ExternalId, query: LogQuery, signal: AbortSignal): Promise<Logs>;
  /** @throws as `followLogs`, and OverloadedError */
  followLogs(externalId: ExternalId, query: LogQuery, reader: Reader): Promise<AsyncIterable<readonly LogRecord[]>>;
  /** How many logs are being read or followed. */
  logReaders(): number;
  /** Goes on to its end also when nobody waits for it any more. @throws as `startTransfer`, and OverloadedError */
  startTransfer(externalId: ExternalId, type: TransferType): Promise<FileTransfer>;
  /** @throws as `transferState`, and OverloadedError */
  transferState(externalId: ExternalId, type: TransferType, signal: AbortSignal): Promise<FileTransfer>;
  /** Undefined when nothing changed since `since` within `waitMs`. */
  list(since: string | undefined, waitMs: number, signal: AbortSignal): Promise<Listed | undefined>;
  /** What the cluster can do for analyses. @throws UnavailableError, ClusterMisconfiguredError */
  capabilities(signal: AbortSignal): Promise<Capabilities>;
  /** How the deployer is, when its kube-apiserver has answered. @throws UnavailableError, ClusterMisconfiguredError */
  health(signal: AbortSignal): Promise<Health>;
  /** Resolves when no apply and no removal is under way. */
  settled(): Promise<void>;
}

/** Several times what a kube-apiserver takes at once, and yet few enough to be done within the time that an apply may take. */
const MOST_APPLIES = 512;

/** Bun has 256 requests under way at most, and holds back what is more: logs must leave room for what applies, removes and watches. */
const MOST_LOG_READERS = 100;

/** Each may wait for a program in a user's pod; these too must leave room. */
const MOST_TRANSFER_REQUESTS = 40;

export function createDeployer(deps: DeployerDeps): Deployer {
  const applies = new Admission(
    deps.mostApplies ?? MOST_APPLIES,
    (inHand) => `the deployer applies ${inHand} specs already; this one was not read and nothing of it was touched`,
  );
  const logReaders = new Admission(deps.mostLogReaders ?? MOST_LOG_READERS, (inHand) => `the deployer reads ${inHand} logs already`);
  const transferRequests = new Admission(MOST_TRANSFER_REQUESTS, (inHand) => `the deployer answers ${inHand} requests for transfers already`);
  const applying = new Map<string, Promise<Applied>>();
  const underWay = new Set<Promise<unknown>>();

  const track = <T>(work: Promise<T>): Promise<T> => {
    const done = work.then(
      () => {},
      () => {}, // whoever asked is told; here it only counts that it ended
    );
    underWay.add(done);
    void done.then(() => underWay.delete(done));
    return work;
  };
  const applyOnce = (spec: ViceDeploymentSpec, origin: string): Promise<Applied> => {
    const spec_hash = specHash(spec);
    const key = `${spec.metadata.external_id} ${spec.metadata.attempt ?? 1} ${spec_hash}`;
    const same = applying.get(key);
    if (same) return same.then((applied) => ({ ...applied, isNew: false }));
    const work = track(apply(deps, spec, { spec_hash, origin })).finally(() => applying.delete(key));
    applying.set(key, work);
    return work;
  };
  const seen = async (externalId: ExternalId, signal: AbortSignal): Promise<Observed> => {
    const observed = await deps.observer.see(externalId, signal);
    if (observed && isThere(observed.view)) return observed;
    throw new NotFoundError(`nothing of ${externalId} is in this cluster`);
  };
  return {
    admit: (work) => applies.run(work),
    apply: async (spec, origin) => {
      checkPolicy(deps.policy, spec);
      return applyOnce(spec, origin);
    },
    remove: (externalId, scope) => track(remove(deps, externalId, scope)),
    status: async (externalId, signal) => {
      const observed = await seen(externalId, signal);
      return statusOf(observed.view, observed);
    },
    urlReady: async (externalId, signal) => urlReadyOf((await seen(externalId, signal)).view),
    logs: (externalId, query, signal) => logReaders.run(async () => readLogs(deps, (await seen(externalId, signal)).view, query, signal)),
    followLogs: async (externalId, query, reader) => {
      const { view } = await seen(externalId, reader.signal);
      return followLogs(deps, view, query, reader, logReaders.enter());
    },
    logReaders: () => logReaders.inHand,
    startTransfer: (externalId, type) => transferRequests.run(() => track(startTransfer(deps, externalId, type))),
    transferState: (externalId, type, signal) => transferRequests.run(() => transferState(deps, externalId, type, signal)),
    list: (since, waitMs, signal) => deps.observer.list(since, waitMs, signal),
    capabilities: (signal) => capabilitiesOf(deps, signal),
    health: async (signal) => {
      const started = performance.now();
      await deps.kubernetes.ping(signal);
      const kubernetes_ms = Math.round(performance.now() - started);
      return { status: 'healthy', kubernetes: 'reachable', kubernetes_ms, version: deps.version, now: deps.now().toISOString() };
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
