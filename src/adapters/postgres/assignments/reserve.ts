import type { LaunchStore, Reservation, ReserveOutcome } from '../../../coordinator/ports.ts';
import { leaseEnd, rows, type StoreContext } from './context.ts';
import { type LaunchFacts, launchFacts, usageOf } from './usage.ts';

/** Between the count and the write somebody else was quicker; more often than this it is not worth a fresh look. */
const LOOKS = 5;
const MOST = 2_147_483_647;

export function reserving(context: StoreContext): Pick<LaunchStore, 'reserve'> {
  return {
    async reserve(request, admit, signal): Promise<ReserveOutcome> {
      for (let look = 0; look < LOOKS; look++) {
        const facts = await rows(() => launchFacts(context, request), 'say what the user is running', signal, { repeatable: true });
        const settled = withoutWriting(facts);
        if (settled) return settled;
        const most = admit(usageOf(facts)) - facts.running_elsewhere;
        const attempt = await write(context, request, Math.min(most, MOST), signal);
        if (attempt !== undefined)
          return { outcome: 'reserved', lease: { external_id: request.external_id, attempt }, login_ip: facts.login_ip ?? '' };
      }
      return { outcome: 'busy', state: 'launching' };
    },
  };
}

function withoutWriting({ state, removal_queued }: LaunchFacts): ReserveOutcome | undefined {
  if (state === null || state === 'stopped') return undefined;
  if (state === 'failed') return removal_queued ? { outcome: 'busy', state: 'leaving' } : undefined;
  if (state === 'applied' || state === 'running') return { outcome: 'already' };
  return { outcome: 'busy', state: state === 'stopping' ? 'leaving' : 'launching' };
}

/**
 * The attempt, when the row is ours now. The count and the write are one statement, so the user's lock is held for no longer than it takes; and the
 * statement is not sent again when the connection was lost, because a row that we wrote looks like anybody else's.
 */
async function write(context: StoreContext, request: Reservation, most: number, signal: AbortSignal): Promise<number | undefined> {
  const { db, owner } = context;
  const { external_id, analysis_id, user_id, username } = request;
  const statement = () => db<{ attempt: number }[]>`
    INSERT INTO vice_deployments AS d (external_id, analysis_id, user_id, username, state, lease_owner, lease_until)
    SELECT ${external_id}, ${analysis_id ?? null}, ${user_id}, ${username}, 'reserved', ${owner}, ${leaseEnd(context)}
    WHERE vice_count_running(${user_id}, ${external_id}) <= ${most}
    ON CONFLICT (external_id) DO UPDATE SET
      analysis_id = excluded.analysis_id, user_id = excluded.user_id, username = excluded.username,
      state = 'reserved', attempt = d.attempt + 1, lease_owner = excluded.lease_owner, lease_until = excluded.lease_until,
      cluster_id = NULL, spec = NULL, spec_hash = NULL, millicores = 0, applied_at = NULL, reason = NULL, details = NULL,
      removal_fence = false, removal_tries = 0, removal_note = NULL, jobs_pending = false, updated_at = now()
    WHERE d.state = 'stopped' OR (d.state = 'failed' AND d.removal_due IS NULL)
    RETURNING attempt`;
  const [row] = await rows(statement, 'reserve the analysis', signal);
  return row?.attempt;
}
