import type { Logger } from 'pino';
import { ConflictError, InvalidDocumentError, NotFoundError, PreconditionFailedError, UnavailableError } from '../errors/errors.ts';
import { check } from '../schema/check.ts';
import { type Cluster, ClusterChange, ForgetCluster, type ForgottenCluster } from '../schema/cluster.ts';
import { ClusterId } from '../schema/ids.ts';
import { unspeakable } from '../schema/unspeakable.ts';
import { changedColumns, newColumns } from './change.ts';
import { ANY_HOST } from './deployer-host.ts';
import { checkCluster, type EntryDeps, entryOf, faultsOfUrl } from './entry.ts';
import { isRemote } from './is-remote.ts';
import type { Actor, ClusterEntry, ClusterRow, ClusterStore } from './ports.ts';
import type { ClusterRegistry } from './registry.ts';
import { shown } from './shown.ts';

/**
 * What an administrator does with clusters; `by` is who, for the audit. Ids and documents are as they came: every fault is told. Everything @throws UnavailableError when the
 * database cannot be reached, or was not read yet since the process started.
 */
export interface ClusterUseCases {
  list(): readonly Cluster[];
  /** With what is left of it after it was forgotten, if the database says so in time. @throws NotFoundError, InvalidDocumentError when the id is no UUID */
  get(id: string, signal: AbortSignal): Promise<Cluster>;
  /** @throws InvalidDocumentError with every fault, ConflictError when the name is taken */
  register(document: unknown, by: Actor, signal: AbortSignal): Promise<Cluster>;
  /**
   * What is not in the document stays as it is. @param asOf the `updated_at` that the change was made for; absent: whatever is there
   * @throws as {@link register} and {@link get}; PreconditionFailedError when the cluster is not as it was any more
   */
  change(id: string, document: unknown, asOf: string | undefined, by: Actor, signal: AbortSignal): Promise<Cluster>;
  /** A cluster that is disabled takes no new analyses; those that run there go on. @throws as {@link get} */
  setEnabled(id: string, enabled: boolean, by: Actor, signal: AbortSignal): Promise<Cluster>;
  /** Takes no new analyses until it is enabled again; those that run there go on, and the cluster can be removed when the last has ended. @throws as {@link get} */
  drain(id: string, by: Actor, signal: AbortSignal): Promise<Cluster>;
  /** Asks its deployer now, whether it is enabled or not; `connection` says how it was found. @throws as {@link get} */
  test(id: string): Promise<Cluster>;
  /**
   * Gives up a cluster that is dead, with everything in it: it is disabled, its analyses have failed, and may be launched elsewhere. What comes back is removed
   * there. @param document the name of the cluster, as a confirmation. @throws as {@link get}; ConflictError while its deployer answers
   */
  forget(id: string, document: unknown, by: Actor, signal: AbortSignal): Promise<ForgottenCluster>;
  /** @throws as {@link get}; ConflictError while analyses live there, or may */
  delete(id: string, by: Actor, signal: AbortSignal): Promise<void>;
  /** Reads the table now, here and in every other coordinator that hears of it, and gives what it says. @throws UnavailableError */
  reload(signal: AbortSignal): Promise<readonly Cluster[]>;
}

export interface ClusterDeps extends EntryDeps {
  readonly store: ClusterStore;
  readonly registry: ClusterRegistry;
  /** Of a new cluster. */
  readonly newId: () => ClusterId;
  /** Asks the deployer of a cluster how it is, and remembers what it found. Never throws. */
  readonly probe?: (cluster: ClusterEntry) => Promise<void>;
  readonly log: Logger;
}

/** What is known without the database does not wait longer for what is not. */
const COUNTING_MS = 2_000;

/** Others may change the same cluster at the same moment; so often it is tried again. */
const MOST_TRIES = 5;

/** Each change stands in this process' snapshot before it is answered; other processes hear of it from the database. */
export function clusterUseCases({ store, registry, newId, probe, log, ...rules }: ClusterDeps): ClusterUseCases {
  const { certificates, deployerHosts = ANY_HOST } = rules;
  const loaded = (): ClusterRegistry => {
    if (!registry.isLoaded()) throw new UnavailableError('the clusters have not been read yet', { retryAfterSeconds: 5 });
    return registry;
  };
  const list = () =>
    loaded()
      .snapshot()
      .map((entry) => shown(entry, Date.now()));

  const found = (id: ClusterId): Cluster => {
    const entry = loaded().find(id);
    if (entry === undefined) throw new NotFoundError(`there is no cluster ${id}`);
    return shown(entry, Date.now());
  };

  const afterChange = async (row: ClusterRow): Promise<Cluster> => {
    // The change is made, whatever becomes of the reading: the timer will bring it.
    await registry.reload().catch((err: unknown) => log.warn({ err, cluster: row.name }, 'a change of this cluster is stored but not in effect yet'));
    const entry = registry.find(row.id) ?? entryOf(row, undefined, rules);
    void probe?.(entry);
    return shown(entry, Date.now());
  };

  return {
    list,
    async get(id, signal) {
      const cluster = found(clusterId(id));
      const left = await store.tombstones(cluster.id, AbortSignal.any([signal, AbortSignal.timeout(COUNTING_MS)])).catch((err: unknown) => {
        log.warn({ err, cluster: cluster.name }, 'what is left of a forgotten cluster could not be counted');
        return undefined; // all else is known without the database
      });
      return { ...cluster, ...(left !== undefined && { tombstones: left }) };
    },
    async register(document, by, signal) {
      const checked = checkCluster(document, deployerHosts);
      if (!checked.ok) throw new InvalidDocumentError('the body is not a cluster', { faults: checked.faults });
      loaded();
      const row = await store.insert(newColumns(newId(), checked.value, certificates), by, signal);
      const cluster = await afterChange(row);
      tellMissingServices(cluster, log);
      return { ...cluster, status: 'registered' };
    },
    async change(id, document, asOf, by, signal) {
      const change = checkChange(document, deployerHosts);
      loaded();
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const known = await store.find(clusterId(id), signal);
        if (known === undefined) throw new NotFoundError(`there is no cluster ${id}`);
        if (asOf !== undefined && asOf !== known.updated_at) throw new PreconditionFailedError('the cluster has been changed meanwhile');
        const { created_at: _, updated_at, ...columns } = known;
        const row = await store.update(changedColumns(columns, change, certificates), updated_at, by, signal);
        if (row !== undefined) return afterChange(row);
      }
      throw new ConflictError('the cluster is being changed by others at the same time');
    },
    async setEnabled(id, enabled, by, signal) {
      loaded();
      const row = await store.setEnabled(clusterId(id), enabled, by, signal);
      if (row === undefined) throw new NotFoundError(`there is no cluster ${id}`);
      return afterChange(row);
    },
    async drain(id, by, signal) {
      loaded();
      const row = await store.drain(clusterId(id), by, signal);
      if (row === undefined) throw new NotFoundError(`there is no cluster ${id}`);
      return afterChange(row);
    },
    async forget(id, document, by, signal) {
      const { name, connection } = found(clusterId(id));
      refuseUnconfirmed(document, name);
      if (connection?.state === 'healthy') {
        throw new ConflictError('the deployer of the cluster answers: end its analyses and drain it; only a cluster that is dead is forgotten');
      }
      const forgotten = await store.forget(clusterId(id), by, signal);
      if (forgotten === undefined) throw new NotFoundError(`there is no cluster ${id}`);
      log.warn({ cluster: name, cluster_id: id, analyses: forgotten.analyses }, 'a cluster was forgotten, with what ran there');
      return { cluster: await afterChange(forgotten.cluster), analyses: forgotten.analyses };
    },
    async test(id) {
      const entry = loaded().find(clusterId(id));
      if (entry === undefined) throw new NotFoundError(`there is no cluster ${id}`);
      await probe?.(entry);
      return found(entry.id);
    },
    async delete(id, by, signal) {
      loaded();
      const outcome = await store.delete(clusterId(id), by, signal);
      if (outcome === 'absent') throw new NotFoundError(`there is no cluster ${id}`);
      if (outcome !== 'deleted') {
        const living = outcome.living === 1 ? 'an analysis lives' : `${outcome.living} analyses live`;
        const message = `${living} in the cluster, or may; drain it, and delete it when nothing lives there`;
        throw new ConflictError(message, { details: { analyses: outcome.living } });
      }
      await registry.reload().catch((err: unknown) => log.warn({ err, cluster_id: id }, 'a cluster is deleted and still in the snapshot'));
    },
    async reload(signal) {
      await store.announce(signal);
      await registry.reload();
      return list();
    },
  };
}

function clusterId(id: string): ClusterId {
  const checked = check(ClusterId, id);
  if (!checked.ok) throw new InvalidDocumentError('the id of a cluster is a UUID', { faults: [{ path: 'id', message: 'must be a UUID' }] });
  // PostgreSQL writes UUIDs in lower case, and the snapshot is keyed by what it writes.
  return checked.value.toLowerCase() as ClusterId;
}

function checkChange(document: unknown, hosts: readonly string[]): ClusterChange {
  const checked = check(ClusterChange, document);
  if (!checked.ok) throw new InvalidDocumentError('the body is not a change of a cluster', { faults: checked.faults });
  const { deployer_url: url } = checked.value;
  const faults = unspeakable(document);
  if (url !== undefined) faults.push(...faultsOfUrl(url, hosts));
  if (faults.length > 0) throw new InvalidDocumentError('the body is not a change of a cluster', { faults });
  return checked.value;
}

function refuseUnconfirmed(document: unknown, name: string): void {
  const checked = check(ForgetCluster, document);
  if (!checked.ok) throw new InvalidDocumentError('the body does not confirm what is to be forgotten', { faults: checked.faults });
  if (checked.value.confirm === name) return;
  const faults = [{ path: 'confirm', message: `must be the name of the cluster, "${name}": all that runs there is given up` }];
  throw new InvalidDocumentError('the body confirms another cluster', { faults });
}

/** The proxy beside each analysis asks these two services, and their default names exist in the main cluster alone. */
function tellMissingServices({ name, deployer_url, profile }: Cluster, log: Logger): void {
  const missing = (['get_analysis_id_base', 'check_resource_access_base'] as const).filter((key) => profile[key] === undefined);
  if (missing.length === 0 || !isRemote(deployer_url)) return;
  log.warn(
    { cluster: name, missing },
    'a remote cluster whose profile does not say where its pods reach these services: analyses there cannot be opened',
  );
}
