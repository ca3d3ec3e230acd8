import type { ExitStore, Removal, RemovalStore } from '../../../coordinator/ports.ts';
import { storableText } from '../storable.ts';
import { leaseEnd, rows, type StoreContext } from './context.ts';

/** As long as deployers keep a fence, which is longer than a request can be held up on its way. */
const FENCE_LIFE = '10 minutes';

/** Exits, and the queue of removals that they and failed launches fill. */
export function removing(context: StoreContext): ExitStore & RemovalStore {
  const { db, owner } = context;
  return {
    async stop(externalId, signal) {
      const statement = () => db<{ queued: boolean }[]>`
        WITH stopped AS (
          UPDATE vice_deployments SET
            state = CASE state WHEN 'reserved' THEN 'stopped' ELSE 'stopping' END,
            attempt = attempt + (state <> 'reserved')::int,
            removal_due = CASE WHEN state <> 'reserved' THEN now() END, removal_fence = (state = 'applying'),
            fenced_at = CASE WHEN state = 'applying' THEN now() ELSE fenced_at END,
            removal_tries = 0, removal_note = NULL, lease_owner = NULL, lease_until = NULL, updated_at = now()
          WHERE external_id = ${externalId} AND state IN ('reserved', 'applying', 'applied', 'running')
          RETURNING removal_due IS NOT NULL AS queued)
        SELECT coalesce((SELECT queued FROM stopped),
                        (SELECT removal_due IS NOT NULL FROM vice_deployments WHERE external_id = ${externalId}), false) AS queued`;
      const [row] = await rows(statement, 'stop the analysis', signal, { repeatable: true });
      return row?.queued ?? false;
    },

    async claimRemovals(limit, signal) {
      const statement = () => db<(Omit<Removal, 'lease'> & Removal['lease'])[]>`
        UPDATE vice_deployments SET lease_owner = ${owner}, lease_until = ${leaseEnd(context)}
        WHERE external_id IN (
          SELECT external_id FROM vice_deployments
          WHERE removal_due <= now() AND (lease_until IS NULL OR lease_until < now())
          ORDER BY removal_due LIMIT ${limit} FOR UPDATE SKIP LOCKED)
        RETURNING external_id, attempt, cluster_id, removal_fence OR coalesce(fenced_at > now() - ${FENCE_LIFE}::interval, false) AS fence, removal_tries AS tries`;
      const claimed = await rows(statement, 'say what is to be removed', signal);
      return claimed.map(({ external_id, attempt, cluster_id, fence, tries }) => ({ lease: { external_id, attempt }, cluster_id, fence, tries }));
    },

    async markRemoved({ external_id, attempt }, signal) {
      const statement = () => db`
        UPDATE vice_deployments SET
          state = CASE state WHEN 'stopping' THEN 'stopped' ELSE state END,
          removal_due = NULL, removal_note = NULL, lease_owner = NULL, lease_until = NULL, updated_at = now()
        WHERE external_id = ${external_id} AND attempt = ${attempt} AND lease_owner = ${owner} AND removal_due IS NOT NULL`;
      return (await rows(statement, 'note that the analysis is gone', signal, { repeatable: true })).count > 0;
    },

    async postponeRemoval({ external_id, attempt }, delayMs, reason, signal) {
      const statement = () => db`
        UPDATE vice_deployments SET
          removal_due = now() + ${delayMs}::float8 * interval '1 millisecond', removal_tries = removal_tries + 1, removal_note = ${storableText(reason)},
          lease_owner = NULL, lease_until = NULL, updated_at = now()
        WHERE external_id = ${external_id} AND attempt = ${attempt} AND lease_owner = ${owner} AND removal_due IS NOT NULL`;
      return (await rows(statement, 'postpone the removal', signal, { repeatable: true })).count > 0;
    },
  };
}
