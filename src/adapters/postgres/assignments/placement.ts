import type { Failure, LaunchStore, Lease, Placement, PlaceOutcome } from '../../../coordinator/ports.ts';
import { codeOf } from '../errors.ts';
import { storableJson } from '../storable.ts';
import { leaseEnd, rows, type StoreContext } from './context.ts';

const FOREIGN_KEY_VIOLATION = '23503';

/** What a launch writes once its row is reserved. Each is one statement that can be carried out twice. */
export function placing(context: StoreContext): Pick<LaunchStore, 'place' | 'markApplied' | 'markFailed'> {
  const { db, owner } = context;
  return {
    async place(lease, placement, signal): Promise<PlaceOutcome> {
      try {
        const [row] = await rows(() => place(context, lease, placement), 'place the analysis', signal, { repeatable: true });
        if (row?.placed) return { outcome: 'placed', lease: { external_id: lease.external_id, attempt: placement.attempt } };
        return { outcome: row?.ours ? 'full' : 'lost' };
      } catch (err) {
        // The cluster was removed from the registry a moment ago.
        if (codeOf(err) === FOREIGN_KEY_VIOLATION) return { outcome: 'full' };
        throw err;
      }
    },

    async markApplied({ external_id, attempt }, signal) {
      const statement = () => db`
        UPDATE vice_deployments SET state = 'applied', applied_at = now(), jobs_pending = true, updated_at = now()
        WHERE external_id = ${external_id} AND attempt = ${attempt} AND lease_owner = ${owner} AND state IN ('applying', 'applied')`;
      return (await rows(statement, 'note that the analysis was applied', signal, { repeatable: true })).count > 0;
    },

    async markFailed(lease, failure, signal) {
      const statement = () => fail(context, lease, failure);
      return (await rows(statement, 'note that the launch failed', signal, { repeatable: true })).count > 0;
    },
  };
}

/**
 * Sent again, it finds its own new attempt. The row is looked at as it was before: `ours` without `placed` means that there was no room, or that what a
 * cluster came back with is not removed yet: it would be taken for the new launch.
 */
function place(context: StoreContext, { external_id, attempt }: Lease, placement: Placement) {
  const { db, owner } = context;
  const { cluster_id, capacity, takes, spec, spec_hash, millicores, wasFenced = false } = placement;
  const { cpu_millicores = 0, memory_bytes = 0, gpus, image = null } = takes;
  const isHaunted = db`EXISTS (
    SELECT 1 FROM vice_tombstones t JOIN vice_clusters c ON c.id = t.cluster_id OR rtrim(c.deployer_url, '/') = rtrim(t.deployer_url, '/')
    WHERE t.external_id = ${external_id} AND c.id = ${cluster_id})`;
  const hasRoom = db`vice_has_room(${cluster_id}, ${external_id}, ${JSON.stringify(capacity ?? {})}::text::jsonb, ${cpu_millicores}, ${memory_bytes}, ${gpus})`;
  const ours = db`external_id = ${external_id} AND attempt IN (${attempt}, ${placement.attempt}) AND lease_owner = ${owner}
    AND state IN ('reserved', 'applying')`;
  return db<{ placed: boolean; ours: boolean }[]>`
    WITH placed AS (
      UPDATE vice_deployments SET
        fenced_at = CASE WHEN ${wasFenced}::boolean THEN now() ELSE fenced_at END,
        state = 'applying', attempt = ${placement.attempt}, cluster_id = ${cluster_id}, spec = ${spec}, spec_hash = ${spec_hash},
        millicores = ${millicores}, cpu_millicores = ${cpu_millicores}, memory_bytes = ${memory_bytes}, gpus = ${gpus}, image = ${image},
        lease_until = ${leaseEnd(context)}, updated_at = now()
      WHERE ${ours} AND NOT ${isHaunted} ${capacity === undefined ? db`` : db`AND ${hasRoom}`}
      RETURNING 1)
    SELECT EXISTS (SELECT 1 FROM placed) AS placed, EXISTS (SELECT 1 FROM vice_deployments WHERE ${ours}) AS ours`;
}

function fail({ db, owner }: StoreContext, { external_id, attempt }: Lease, { reason, details, undo, wasFenced = false }: Failure) {
  // A row that was never placed has left nothing anywhere.
  const undone = db`(${undo}::boolean AND cluster_id IS NOT NULL)`;
  return db`
    UPDATE vice_deployments SET
      state = 'failed', reason = ${reason}, details = ${details === undefined ? null : storableJson(details)}::text::jsonb,
      attempt = attempt + ${undone}::int, removal_due = CASE WHEN ${undone} THEN now() END, removal_fence = ${undone}, removal_tries = 0,
      fenced_at = CASE WHEN ${undone} OR ${wasFenced}::boolean THEN now() ELSE fenced_at END,
      lease_owner = NULL, lease_until = NULL, updated_at = now()
    WHERE external_id = ${external_id} AND attempt = ${attempt} AND lease_owner = ${owner} AND state IN ('reserved', 'applying')`;
}
