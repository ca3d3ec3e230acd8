import type { PendingQuery, Row } from 'postgres';
import type { Actor, ClusterRow } from '../../cluster-registry/ports.ts';
import type { ClusterId } from '../../schema/ids.ts';
import { audited } from './audit.ts';
import type { Database } from './database.ts';

/**
 * Ends every analysis of the cluster, leaves a tombstone for each, and disables the cluster: one statement. Attempts are raised, so that a launch or a removal
 * that is under way learns that its row is no longer its own. What was leaving has left; whatever else there was has failed.
 */
export function forgetCluster(db: Database, columns: PendingQuery<Row[]>, id: ClusterId, by: Actor) {
  return db<(ClusterRow & { analyses: number })[]>`
    WITH cluster AS (SELECT c.id, c.name, c.deployer_url FROM vice_clusters c WHERE c.id = ${id} FOR UPDATE),
         ended AS (
           UPDATE vice_deployments d SET
             state = CASE d.state WHEN 'stopping' THEN 'stopped' ELSE 'failed' END, attempt = d.attempt + 1,
             reason = CASE WHEN d.state IN ('stopping', 'failed') THEN d.reason ELSE 'cluster_forgotten' END,
             details = CASE WHEN d.state IN ('stopping', 'failed') THEN d.details ELSE
               jsonb_build_object('message', format('the cluster %s was given up with all that ran there', cluster.name), 'cluster', cluster.name) END,
             cluster_id = NULL, removal_due = NULL, removal_fence = false, removal_tries = 0, removal_note = NULL, jobs_pending = false,
             lease_owner = NULL, lease_until = NULL, updated_at = now()
           FROM cluster
           WHERE d.cluster_id = cluster.id AND (d.state NOT IN ('stopped', 'failed') OR d.removal_due IS NOT NULL)
           RETURNING d.external_id, d.attempt),
         buried AS (
           INSERT INTO vice_tombstones (external_id, attempt, deployer_url, cluster_id, cluster_name)
           SELECT ended.external_id, ended.attempt, cluster.deployer_url, cluster.id, cluster.name FROM ended, cluster),
         count AS (SELECT count(*)::int AS n FROM ended)
    UPDATE vice_clusters SET enabled = false FROM count WHERE id = ${id}
    RETURNING ${columns}, count.n AS analyses, ${audited(db, 'forget', by)}`;
}
