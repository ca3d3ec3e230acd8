import type { JobsStore } from '../../../coordinator/ports.ts';
import { rows, type StoreContext } from './context.ts';

/** Rows that are written at once, so that one statement never holds many rows of somebody else's table. */
const BATCH = 200;

/** What the `jobs` rows must learn of their analyses. */
export function followingUp(context: StoreContext): JobsStore {
  const { db, platform } = context;
  return {
    async writeToJobs(giveUpAfterMs, signal) {
      const { jobs, jobs_cluster_id } = await platform.features();
      if (!jobs) return 0;
      // What has no row in jobs yet is not even looked at, so it keeps nobody waiting behind it.
      const statement = () => db<{ external_id: string }[]>`
        WITH due AS (
          SELECT d.external_id, d.cluster_id, d.millicores FROM vice_deployments d
          WHERE d.jobs_pending AND EXISTS (SELECT 1 FROM job_steps s WHERE s.external_id = d.external_id)
          ORDER BY d.applied_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED),
        written AS (
          UPDATE jobs j SET millicores_reserved = due.millicores ${jobs_cluster_id ? db`, cluster_id = due.cluster_id` : db``}
          FROM due JOIN job_steps s ON s.external_id = due.external_id
          WHERE j.id = s.job_id
          RETURNING due.external_id),
        given_up AS (
          UPDATE vice_deployments SET jobs_pending = false
          WHERE jobs_pending AND applied_at < now() - ${giveUpAfterMs}::float8 * interval '1 millisecond'
            AND external_id NOT IN (SELECT external_id FROM due))
        UPDATE vice_deployments SET jobs_pending = false WHERE external_id IN (SELECT external_id FROM written)
        RETURNING external_id`;
      return (await rows(statement, 'write to the jobs table', signal, { repeatable: true })).length;
    },
  };
}
