import type { LeaseStore } from '../../../coordinator/ports.ts';
import type { ExternalId } from '../../../schema/ids.ts';
import { leaseEnd, rows, type StoreContext } from './context.ts';

/** Who still works on what, and what becomes of rows on which nobody does. */
export function leasing(context: StoreContext): LeaseStore {
  const { db, owner, platform } = context;
  // External ids are DNS labels, so a comma separates them.
  const among = (ids: readonly ExternalId[]) => db`external_id = ANY (string_to_array(${ids.join(',')}, ','))`;
  return {
    async heartbeat(externalIds, signal) {
      const statement = () => db`
        UPDATE vice_deployments SET lease_until = ${leaseEnd(context)}
        WHERE ${among(externalIds)} AND lease_owner = ${owner}`;
      await rows(statement, 'renew the leases', signal, { repeatable: true });
    },

    async settle(externalIds, signal) {
      const statement = () => db`
        UPDATE vice_deployments SET lease_owner = NULL, lease_until = NULL
        WHERE ${among(externalIds)} AND lease_owner = ${owner} AND state IN ('applied', 'running')`;
      await rows(statement, 'settle the launch', signal, { repeatable: true });
    },

    async endAbandoned(signal) {
      const { jobs } = await platform.features();
      const ended = jobs
        ? db`EXISTS (SELECT 1 FROM job_steps s JOIN jobs j ON j.id = s.job_id
                     WHERE s.external_id = v.external_id AND j.status IN ('Failed', 'Canceled'))`
        : db`false`;
      const statement = () => db<{ external_id: ExternalId; state: string }[]>`
        WITH abandoned AS (
          SELECT external_id, state, CASE
                   WHEN state = 'applying' THEN true
                   WHEN state IN ('applied', 'running') THEN ${ended}
                   ELSE false END AS removed
          FROM vice_deployments v
          WHERE lease_until < now() AND state IN ('reserved', 'applying', 'applied', 'running')
          FOR UPDATE OF v SKIP LOCKED)
        UPDATE vice_deployments d SET
          state = CASE WHEN a.state IN ('reserved', 'applying') THEN 'failed' WHEN a.removed THEN 'stopping' ELSE a.state END,
          reason = CASE WHEN a.state IN ('reserved', 'applying') THEN 'interrupted' END,
          attempt = d.attempt + a.removed::int, removal_due = CASE WHEN a.removed THEN now() END,
          removal_fence = (a.state = 'applying'), fenced_at = CASE WHEN a.state = 'applying' THEN now() ELSE d.fenced_at END,
          removal_tries = 0, removal_note = NULL,
          lease_owner = NULL, lease_until = NULL, updated_at = now()
        FROM abandoned a WHERE d.external_id = a.external_id
        RETURNING d.external_id, d.state`;
      return rows(statement, 'end what was abandoned', signal);
    },
  };
}
