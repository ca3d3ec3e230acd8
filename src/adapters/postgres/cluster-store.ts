import type { Actor, ClusterColumns, ClusterRow, ClusterStore } from '../../cluster-registry/ports.ts';
import { ConflictError } from '../../errors/errors.ts';
import type { ClusterId } from '../../schema/ids.ts';
import { ask } from './ask.ts';
import { audited } from './audit.ts';
import { CLUSTERS_CHANGED } from './cluster-changes.ts';
import type { Database } from './database.ts';
import { codeOf } from './errors.ts';
import { forgetCluster } from './forget-cluster.ts';
import { storableJson, storableText } from './storable.ts';
import { countTombstones } from './tombstones.ts';

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/** The table `vice_clusters`. */
export function clusterStore(db: Database): ClusterStore {
  // The columns hold UTC without saying so; `to_char` says it, whatever the time zones of the session and of this process are.
  const updatedAt = db`to_char(updated_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  const columns = db`
    id, name, deployer_url, enabled, priority, mtls_enabled, ca_cert, client_cert, client_key_encrypted, client_key_ref, profile,
    to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at, ${updatedAt} AS updated_at`;
  const written = (cluster: ClusterColumns) => {
    const { profile, name, ...rest } = cluster;
    const { client_key_encrypted: sealed } = rest;
    return { ...rest, name: storableText(name), client_key_encrypted: sealed === null ? null : Buffer.from(sealed) };
  };
  return {
    async list(signal) {
      return ask(async () => db<ClusterRow[]>`SELECT ${columns} FROM vice_clusters ORDER BY priority, name`, {
        what: 'list the clusters',
        signal,
        repeatable: true,
      });
    },

    async find(id, signal) {
      const statement = async () => db<ClusterRow[]>`SELECT ${columns} FROM vice_clusters WHERE id = ${id}`;
      const [row] = await ask(statement, { what: 'find the cluster', signal, repeatable: true });
      return row;
    },

    async insert(cluster, by, signal) {
      const { id, name, deployer_url, enabled, priority, mtls_enabled, ca_cert, client_cert, client_key_encrypted, client_key_ref } =
        written(cluster);
      const statement = async () => db<ClusterRow[]>`
        INSERT INTO vice_clusters
          (id, name, deployer_url, enabled, priority, mtls_enabled, ca_cert, client_cert, client_key_encrypted, client_key_ref, profile)
        VALUES (${id}, ${name}, ${deployer_url}, ${enabled}, ${priority}, ${mtls_enabled}, ${ca_cert}, ${client_cert}, ${client_key_encrypted},
          ${client_key_ref}, ${storableJson(cluster.profile)}::text::jsonb)
        RETURNING ${columns}, ${audited(db, 'register', by)}`;
      const [row] = await named(name, () => ask(statement, { what: 'register the cluster', signal }));
      if (row === undefined) throw new Error('an insert that returns its row returned none');
      return row;
    },

    async update(cluster, asOf, by, signal) {
      const { id, name, deployer_url, enabled, priority, mtls_enabled, ca_cert, client_cert, client_key_encrypted, client_key_ref } =
        written(cluster);
      const statement = async () => db<ClusterRow[]>`
        UPDATE vice_clusters SET name = ${name}, deployer_url = ${deployer_url}, enabled = ${enabled}, priority = ${priority},
          mtls_enabled = ${mtls_enabled}, ca_cert = ${ca_cert}, client_cert = ${client_cert}, client_key_encrypted = ${client_key_encrypted},
          client_key_ref = ${client_key_ref}, profile = ${storableJson(cluster.profile)}::text::jsonb
        WHERE id = ${id} AND ${updatedAt} = ${asOf} RETURNING ${columns}, ${audited(db, 'change', by)}`;
      const [row] = await named(name, () => ask(statement, { what: 'change the cluster', signal }));
      return row;
    },

    async setEnabled(id, enabled, by, signal) {
      const statement = async () => db<ClusterRow[]>`
        UPDATE vice_clusters SET enabled = ${enabled}, profile = CASE WHEN ${enabled} AND jsonb_typeof(profile) = 'object' THEN profile - 'draining' ELSE profile END
        WHERE id = ${id} RETURNING ${columns}, ${audited(db, enabled ? 'enable' : 'disable', by)}`;
      const [row] = await ask(statement, { what: `${enabled ? 'enable' : 'disable'} the cluster`, signal, repeatable: true });
      return row;
    },

    async drain(id, by, signal) {
      const statement = async () => db<ClusterRow[]>`
        UPDATE vice_clusters SET profile = profile || '{"draining": true}' WHERE id = ${id}
        RETURNING ${columns}, ${audited(db, 'drain', by)}`;
      const [row] = await ask(statement, { what: 'drain the cluster', signal, repeatable: true });
      return row;
    },

    async forget(id, by, signal) {
      const [row] = await ask(async () => forgetCluster(db, columns, id, by), { what: 'forget the cluster', signal });
      if (row === undefined) return undefined;
      const { analyses, ...cluster } = row;
      return { cluster, analyses };
    },

    async tombstones(id, signal) {
      const [row] = await ask(async () => countTombstones(db, id), { what: 'count what is left in the cluster', signal, repeatable: true });
      return row?.tombstones ?? 0;
    },

    async announce(signal) {
      await ask(async () => db.notify(CLUSTERS_CHANGED, ''), { what: 'tell the other coordinators', signal, repeatable: true });
    },

    async delete(id, by, signal) {
      try {
        const [found] = await ask(async () => deleted(db, id, by), { what: 'delete the cluster', signal });
        if (found === undefined || !found.was) return 'absent';
        return found.gone ? 'deleted' : { living: found.living };
      } catch (err) {
        // An analysis got there after they were counted.
        if (codeOf(err) === FOREIGN_KEY_VIOLATION) return { living: 1 };
        throw err;
      }
    },
  };
}

/** The row is locked before anything is counted. Those that have ended forget where they lived. */
function deleted(db: Database, id: ClusterId, by: Actor) {
  return db<{ was: boolean; gone: boolean; living: number }[]>`
    WITH cluster AS (SELECT id FROM vice_clusters WHERE id = ${id} FOR UPDATE),
         living AS (
           SELECT count(*)::int AS n FROM vice_deployments JOIN cluster ON cluster_id = cluster.id
           WHERE state NOT IN ('stopped', 'failed') OR removal_due IS NOT NULL),
         forgotten AS (UPDATE vice_deployments SET cluster_id = NULL FROM living WHERE cluster_id = ${id} AND n = 0),
         gone AS (DELETE FROM vice_clusters USING living WHERE id = ${id} AND n = 0 RETURNING ${audited(db, 'delete', by)})
    SELECT EXISTS (SELECT 1 FROM cluster) AS was, EXISTS (SELECT 1 FROM gone) AS gone, (SELECT n FROM living) AS living`;
}

async function named<T>(name: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (err) {
    if (codeOf(err) === UNIQUE_VIOLATION) throw new ConflictError(`there is a cluster with the name "${name}" already`, { cause: err });
    throw err;
  }
}
