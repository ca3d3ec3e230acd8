import type { ClusterRow, ClusterStore } from '../../cluster-registry/ports.ts';
import { ConflictError } from '../../errors/errors.ts';
import { ask } from './ask.ts';
import type { Database } from './database.ts';
import { codeOf } from './errors.ts';
import { storableJson, storableText } from './storable.ts';

const UNIQUE_VIOLATION = '23505';

/** The table `vice_clusters`. */
export function clusterStore(db: Database): ClusterStore {
  // The columns hold UTC without saying so; `to_char` says it, whatever the time zones of the session and of this process are.
  const columns = db`
    id, name, deployer_url, enabled, priority, mtls_enabled, profile,
    to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at, to_char(updated_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at`;
  return {
    async list(signal) {
      return ask(async () => db<ClusterRow[]>`SELECT ${columns} FROM vice_clusters ORDER BY priority, name`, {
        what: 'list the clusters',
        signal,
        repeatable: true,
      });
    },

    async insert({ name, deployer_url, enabled, priority, profile }, signal) {
      const statement = async () => db<ClusterRow[]>`
        INSERT INTO vice_clusters (name, deployer_url, enabled, priority, profile)
        VALUES (${storableText(name)}, ${deployer_url}, ${enabled}, ${priority}, ${storableJson(profile)}::text::jsonb) RETURNING ${columns}`;
      try {
        const [row] = await ask(statement, { what: 'register the cluster', signal });
        if (row === undefined) throw new Error('an insert that returns its row returned none');
        return row;
      } catch (err) {
        if (codeOf(err) === UNIQUE_VIOLATION) throw new ConflictError(`there is a cluster with the name "${name}" already`, { cause: err });
        throw err;
      }
    },

    async setEnabled(id, enabled, signal) {
      const statement = async () => db<ClusterRow[]>`UPDATE vice_clusters SET enabled = ${enabled} WHERE id = ${id} RETURNING ${columns}`;
      const [row] = await ask(statement, { what: `${enabled ? 'enable' : 'disable'} the cluster`, signal, repeatable: true });
      return row;
    },
  };
}
