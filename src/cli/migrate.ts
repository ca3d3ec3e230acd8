import { openDatabase } from '../adapters/postgres/database.ts';
import { addJobsColumn, type JobsColumnOutcome } from '../adapters/postgres/migrations/jobs-column.ts';
import { type MigrationOutcome, runMigrations } from '../adapters/postgres/migrations/run.ts';
import { loadMigrateConfig } from '../config/commands.ts';
import { print } from './output/print.ts';
import { table } from './output/table.ts';

/**
 * `vice migrate`: brings the tables of the database up to date and says what it did. What only the administrator of the platform's own tables may do
 * is told and no failure. Exit code 1 when a step fails, the database is newer than this binary, or it cannot be reached.
 */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const { dbUri, dryRun, output } = loadMigrateConfig(argv, env);
  const db = openDatabase(dbUri, { maxConnections: 1 });
  const abandon = () => void db.end({ timeout: 0 });
  signal.addEventListener('abort', abandon, { once: true });
  try {
    const steps = await runMigrations(db, { dryRun });
    const column = await addJobsColumn(db, { dryRun });
    print(output, { steps, jobs_cluster_id: column }, () => report(steps, column));
    return 0;
  } finally {
    signal.removeEventListener('abort', abandon);
    await db.end({ timeout: 1 });
  }
}

function report(steps: readonly MigrationOutcome[], column: JobsColumnOutcome): string {
  const told = { applied: 'applied', pending: 'would be applied', skipped: 'skipped', 'was there': 'was there' } as const;
  const rows = [
    ...steps.map(({ version, name, outcome }) => ({ step: `${String(version).padStart(6, '0')} ${name}`, says: told[outcome] })),
    { step: 'column jobs.cluster_id', says: column.outcome === 'skipped' ? `skipped: ${column.why}` : told[column.outcome] },
  ];
  const columns = [
    { header: 'STEP', of: ({ step }: (typeof rows)[number]) => step },
    { header: 'OUTCOME', of: ({ says }: (typeof rows)[number]) => says },
  ];
  const shown = table(rows, columns, { width: Number.POSITIVE_INFINITY, isColored: false });
  return column.outcome === 'skipped' && column.statement !== undefined ? `${shown}${advice(column.statement)}` : shown;
}

function advice(statement: string): string {
  return `\nThe coordinator works without this column. To have it, the owner of the table jobs runs:\n\n  ${statement}\n`;
}
