import type { Logger } from 'pino';
import { InvalidDocumentError, NotFoundError, UnavailableError } from '../errors/errors.ts';
import { check } from '../schema/check.ts';
import type { Cluster } from '../schema/cluster.ts';
import { ClusterId } from '../schema/ids.ts';
import { checkCluster, entryOf } from './entry.ts';
import { isRemote } from './is-remote.ts';
import type { ClusterEntry, ClusterRow, ClusterStore } from './ports.ts';
import type { ClusterRegistry } from './registry.ts';

/**
 * What an administrator does with clusters. Ids and documents are as they came: every fault is told. Everything @throws UnavailableError when the
 * database cannot be reached, or was not read yet since the process started.
 */
export interface ClusterUseCases {
  list(): readonly Cluster[];
  /** @throws NotFoundError, InvalidDocumentError when the id is no UUID */
  get(id: string): Cluster;
  /** @throws InvalidDocumentError with every fault, ConflictError when the name is taken */
  register(document: unknown, signal: AbortSignal): Promise<Cluster>;
  /** A cluster that is disabled takes no new analyses; those that run there go on. @throws as {@link get} */
  setEnabled(id: string, enabled: boolean, signal: AbortSignal): Promise<Cluster>;
  /** Reads the table now and gives what it says. @throws UnavailableError */
  reload(): Promise<readonly Cluster[]>;
}

export interface ClusterDeps {
  readonly store: ClusterStore;
  readonly registry: ClusterRegistry;
  readonly log: Logger;
}

/** Each change stands in this process' snapshot before it is answered; other processes hear of it from the database. */
export function clusterUseCases({ store, registry, log }: ClusterDeps): ClusterUseCases {
  const loaded = (): ClusterRegistry => {
    if (!registry.isLoaded()) throw new UnavailableError('the clusters have not been read yet', { retryAfterSeconds: 5 });
    return registry;
  };
  const list = () => loaded().snapshot().map(shown);

  const found = (id: ClusterId): Cluster => {
    const entry = loaded().find(id);
    if (entry === undefined) throw new NotFoundError(`there is no cluster ${id}`);
    return shown(entry);
  };

  const afterChange = async (row: ClusterRow): Promise<Cluster> => {
    // The change is made, whatever becomes of the reading: the timer will bring it.
    await registry.reload().catch((err: unknown) => log.warn({ err, cluster: row.name }, 'a change of this cluster is stored but not in effect yet'));
    return shown(registry.find(row.id) ?? entryOf(row, undefined));
  };

  return {
    list,
    get: (id) => found(clusterId(id)),
    async register(document, signal) {
      const checked = checkCluster(document);
      if (!checked.ok) throw new InvalidDocumentError('the body is not a cluster', { faults: checked.faults });
      const { name, deployer_url, enabled = true, priority = 100, profile = {} } = checked.value;
      loaded();
      const row = await store.insert({ name, deployer_url, enabled, priority, profile }, signal);
      const cluster = await afterChange(row);
      tellMissingServices(cluster, log);
      return { ...cluster, status: 'registered' };
    },
    async setEnabled(id, enabled, signal) {
      loaded();
      const row = await store.setEnabled(clusterId(id), enabled, signal);
      if (row === undefined) throw new NotFoundError(`there is no cluster ${id}`);
      return afterChange(row);
    },
    async reload() {
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

function shown({ fault: _, tls: __, ...entry }: ClusterEntry): Cluster {
  return entry;
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
