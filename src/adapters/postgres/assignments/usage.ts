import type { JobUsage, Reservation } from '../../../coordinator/ports.ts';
import { ConfigurationError } from '../../../errors/errors.ts';
import type { PlatformFeatures } from '../platform-tables.ts';
import type { StoreContext } from './context.ts';

/** What a launch must know before it writes anything, from one statement. */
export interface LaunchFacts {
  /** Null when there is no row. */
  readonly state: string | null;
  readonly removal_queued: boolean;
  readonly running: number;
  /** The user's analyses that only the Discovery Environment knows of. */
  readonly running_elsewhere: number;
  readonly user_limit: number | null;
  readonly default_limit: number | null;
  readonly login_ip: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function launchFacts(context: StoreContext, request: Reservation): Promise<LaunchFacts> {
  const { db } = context;
  const features = await context.platform.features();
  const [facts] = await db<LaunchFacts[]>`
    SELECT d.state, d.removal_due IS NOT NULL AS removal_queued,
           (SELECT count(*)::int FROM vice_deployments o
            WHERE o.user_id = ${request.user_id} AND o.state NOT IN ('stopped', 'failed') AND o.external_id <> ${request.external_id}) AS running,
           ${runningElsewhere(context, features, request)} AS running_elsewhere,
           ${userLimit(context, features, request.username)} AS user_limit,
           ${features.job_limits ? db`(SELECT concurrent_jobs FROM job_limits WHERE launcher IS NULL LIMIT 1)` : db`NULL::int`} AS default_limit,
           ${loginAddress(context, features, request.user_id)} AS login_ip
    FROM (VALUES (1)) AS always LEFT JOIN vice_deployments d ON d.external_id = ${request.external_id}`;
  if (!facts) throw new Error('a statement that always has one row had none');
  if (!features.job_limits) return { ...facts, default_limit: Number.POSITIVE_INFINITY };
  if (facts.default_limit === null) {
    throw new ConfigurationError('unable to determine the default concurrent job limit: job_limits has no row without a launcher');
  }
  return facts;
}

/** The facts as the job limit is decided on. */
export function usageOf(facts: LaunchFacts): JobUsage {
  const { running, running_elsewhere, user_limit, default_limit } = facts;
  return { running: running + running_elsewhere, user_limit, default_limit: default_limit ?? Number.POSITIVE_INFINITY };
}

/** Interactive analyses that app-exposer started: they have a row in `jobs` and none here. */
function runningElsewhere({ db }: StoreContext, features: PlatformFeatures, { user_id, external_id }: Reservation) {
  // Ids of users are UUIDs there; whoever is no UUID has no analyses.
  if (!features.jobs || !UUID.test(user_id)) return db`0`;
  return db`(
    SELECT count(*)::int FROM jobs j JOIN job_types t ON t.id = j.job_type_id
    WHERE j.user_id = ${user_id}::uuid AND t.system_id = 'interactive' AND j.status NOT IN ('Failed', 'Completed', 'Canceled')
      AND NOT EXISTS (
        SELECT 1 FROM job_steps s
        WHERE s.job_id = j.id
          AND (s.external_id = ${external_id} OR EXISTS (SELECT 1 FROM vice_deployments v WHERE v.external_id = s.external_id))))`;
}

/**
 * `job_limits.launcher` is the short name with underscores for hyphens. app-exposer looked for a name of which only the first hyphen was replaced, so
 * a limit that was set to suit it counts too, though the name with all of them replaced comes first.
 */
function userLimit({ db }: StoreContext, features: PlatformFeatures, username: string) {
  if (!features.job_limits) return db`NULL::int`;
  const launcher = username.replaceAll('-', '_');
  return db`(
    SELECT concurrent_jobs FROM job_limits WHERE launcher IN (${launcher}, ${username.replace('-', '_')})
    ORDER BY launcher = ${launcher} DESC LIMIT 1)`;
}

function loginAddress({ db }: StoreContext, features: PlatformFeatures, userId: string) {
  if (!features.logins || !UUID.test(userId)) return db`NULL::text`;
  return db`(SELECT ip_address FROM logins WHERE user_id = ${userId}::uuid ORDER BY login_time DESC LIMIT 1)`;
}
