import jobsClusterId from '../../../../migrations/jobs_cluster_id.up.sql' with { type: 'text' };
import type { Database } from '../database.ts';
import { codeOf } from '../errors.ts';

/** What an administrator types where we may not. */
const STATEMENT = 'ALTER TABLE jobs ADD COLUMN cluster_id UUID REFERENCES vice_clusters (id) ON DELETE SET NULL;';

export type JobsColumnOutcome =
  | { readonly outcome: 'applied' | 'was there' | 'pending' }
  /** `why` is a clause for the administrator; `statement` is what is left to do, where there is something to do. */
  | { readonly outcome: 'skipped'; readonly why: string; readonly statement?: string };

/**
 * Adds `jobs.cluster_id` where it is missing and we may. `jobs` belongs to the Discovery Environment, so nothing here is an error: the coordinator
 * runs without the column.
 */
export async function addJobsColumn(db: Database, options: { readonly dryRun?: boolean } = {}): Promise<JobsColumnOutcome> {
  const [found] = await db<{ table: boolean; column: boolean }[]>`
    SELECT to_regclass('jobs') IS NOT NULL AS table,
           EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('jobs') AND attname = 'cluster_id' AND NOT attisdropped) AS column`;
  if (!found?.table) return { outcome: 'skipped', why: 'there is no table jobs in this database' };
  if (found.column) return { outcome: 'was there' };
  if (options.dryRun) return { outcome: 'pending' };
  try {
    await db.begin(async (sql) => {
      // Whoever waits for jobs makes every later user of jobs wait, so we wait for a moment only.
      await sql`SELECT set_config('lock_timeout', '2s', true), set_config('statement_timeout', '10s', true)`;
      await sql.unsafe(jobsClusterId).simple();
    });
    return { outcome: 'applied' };
  } catch (err) {
    const why = WHY[codeOf(err) ?? ''];
    if (why === undefined) throw err;
    return codeOf(err) === '42701' ? { outcome: 'was there' } : { outcome: 'skipped', why, statement: STATEMENT };
  }
}

const WHY: Readonly<Record<string, string>> = {
  '42501': 'this role may not change the table jobs',
  '55P03': 'the table jobs was in use; run this command again, or later',
  '57014': 'the table jobs took too long to change; run this command again, or later',
  '40P01': 'the table jobs was in use; run this command again, or later',
  '42701': 'another process added the column',
};
