import { ask } from './ask.ts';
import type { Database } from './database.ts';

/** Which of the Discovery Environment's tables there are, and what we may write there. */
export interface PlatformFeatures {
  /** `jobs`, `job_steps` and `job_types`. */
  readonly jobs: boolean;
  /** `jobs.cluster_id` exists and is ours to write. */
  readonly jobs_cluster_id: boolean;
  readonly job_limits: boolean;
  readonly logins: boolean;
}

/** Says it anew once a minute, because an administrator may add a column or a right while we run. */
export interface PlatformTables {
  features(): Promise<PlatformFeatures>;
}

const FRESH_MS = 60_000;
/** Several callers share one answer, so none of them may take it from the others. */
const never = new AbortController().signal;

export function platformTables(db: Database, now: () => number = () => performance.now()): PlatformTables {
  let known: { readonly at: number; readonly features: Promise<PlatformFeatures> } | undefined;
  return {
    features() {
      if (known && now() - known.at < FRESH_MS) return known.features;
      const features = ask(() => look(db), { what: 'say which tables there are', signal: never, repeatable: true });
      known = { at: now(), features };
      features.catch(() => {
        known = undefined;
      });
      return features;
    },
  };
}

async function look(db: Database): Promise<PlatformFeatures> {
  const [found] = await db<PlatformFeatures[]>`
    SELECT to_regclass('jobs') IS NOT NULL AND to_regclass('job_steps') IS NOT NULL AND to_regclass('job_types') IS NOT NULL AS jobs,
           to_regclass('job_limits') IS NOT NULL AS job_limits,
           to_regclass('logins') IS NOT NULL AS logins,
           EXISTS (SELECT 1 FROM pg_attribute
                   WHERE attrelid = to_regclass('jobs') AND attname = 'cluster_id' AND NOT attisdropped
                     AND has_column_privilege(attrelid, attnum, 'UPDATE')) AS jobs_cluster_id`;
  return found ?? { jobs: false, jobs_cluster_id: false, job_limits: false, logins: false };
}
