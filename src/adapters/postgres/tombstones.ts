import type { Removal, RemovalStore } from '../../coordinator/ports.ts';
import type { ClusterId } from '../../schema/ids.ts';
import { rows } from './assignments/context.ts';
import type { Database } from './database.ts';
import { storableText } from './storable.ts';

/** Of the cluster, and of whatever had its address before. */
export function countTombstones(db: Database, id: ClusterId) {
  return db<{ tombstones: number }[]>`
    SELECT count(*)::int AS tombstones FROM vice_tombstones t JOIN vice_clusters c ON c.id = ${id}
    WHERE t.cluster_id = c.id OR rtrim(t.deployer_url, '/') = rtrim(c.deployer_url, '/')`;
}

/** Longer than a removal is tried in one go. A second coordinator that begins it nevertheless does no harm. */
const CLAIM_SECONDS = 60;

/**
 * The table `vice_tombstones` as a queue of removals: those are due whose cluster, or another with the same address, answers. While a cluster is dead nothing is
 * asked or written for it, however long that is. @param answering the clusters that answer now
 */
export function tombstones(db: Database, answering: () => readonly ClusterId[]): RemovalStore {
  return {
    async claimRemovals(limit, signal) {
      const ids = answering();
      if (ids.length === 0) return [];
      // A cluster that was registered anew is asked before the one that was forgotten: its certificates are newer.
      const statement = () => db<(Omit<Removal, 'lease' | 'fence'> & Removal['lease'])[]>`
        WITH here AS (
          SELECT id, rtrim(deployer_url, '/') AS url, enabled FROM vice_clusters WHERE id::text = ANY (string_to_array(${ids.join(',')}, ','))),
        claimed AS (
          SELECT t.external_id, t.attempt, home.id AS cluster_id
          FROM vice_tombstones t CROSS JOIN LATERAL (
            SELECT here.id FROM here WHERE here.id = t.cluster_id OR here.url = rtrim(t.deployer_url, '/') ORDER BY here.enabled DESC, here.id LIMIT 1
          ) AS home
          WHERE t.due <= now() ORDER BY t.due LIMIT ${limit} FOR UPDATE OF t SKIP LOCKED)
        UPDATE vice_tombstones t SET due = now() + ${CLAIM_SECONDS} * interval '1 second'
        FROM claimed c WHERE t.external_id = c.external_id AND t.attempt = c.attempt
        RETURNING t.external_id, t.attempt, c.cluster_id, t.tries`;
      const claimed = await rows(statement, 'say what is left in clusters that were forgotten', signal);
      return claimed.map(({ external_id, attempt, cluster_id, tries }) => ({ lease: { external_id, attempt }, cluster_id, fence: true, tries }));
    },

    async markRemoved({ external_id, attempt }, signal) {
      const statement = () => db`DELETE FROM vice_tombstones WHERE external_id = ${external_id} AND attempt = ${attempt}`;
      return (await rows(statement, 'note that nothing is left of the analysis', signal, { repeatable: true })).count > 0;
    },

    async postponeRemoval({ external_id, attempt }, delayMs, reason, signal) {
      const statement = () => db`
        UPDATE vice_tombstones SET due = now() + ${delayMs}::float8 * interval '1 millisecond', tries = tries + 1, note = ${storableText(reason)}
        WHERE external_id = ${external_id} AND attempt = ${attempt}`;
      return (await rows(statement, 'postpone the removal', signal, { repeatable: true })).count > 0;
    },
  };
}
