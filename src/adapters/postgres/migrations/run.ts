import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';
import type { Database } from '../database.ts';
import { asOurs, codeOf } from '../errors.ts';
import { MigrationError } from './migration-error.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';

interface Applied {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

export interface MigrationOutcome {
  readonly version: number;
  readonly name: string;
  readonly outcome: 'applied' | 'was there' | 'pending';
}

export interface RunOptions {
  /** Says what would be done and does nothing. @default false */
  readonly dryRun?: boolean;
  /** How long another process may take for its migrations before we give up. @default 60000 */
  readonly waitMs?: number;
  /** @default those of this binary */
  readonly migrations?: readonly Migration[];
}

/** Both halves name this program: any number would do that nobody else uses for advisory locks in this database. */
const LOCK_KEY = '1986618211';
/** A table of ours in use by somebody must not make everybody behind us wait. */
const LOCK_TIMEOUT = '5s';

/**
 * Brings the schema to where this binary needs it: every missing step, each in a transaction of its own that holds a lock which belongs to the
 * transaction (behind a pooler a session is nobody's). Several processes at once do each step once.
 * @throws MigrationError when a step was edited after it landed, when the database is newer than this binary, or when a step fails;
 *   UnavailableError when the database cannot be reached or another process holds the lock for too long
 */
export async function runMigrations(db: Database, options: RunOptions = {}): Promise<readonly MigrationOutcome[]> {
  const migrations = options.migrations ?? MIGRATIONS;
  try {
    const before = await applied(db);
    refuseStrangers(migrations, before);
    const missing = migrations.filter((known) => !before.some(({ version }) => version === known.version));
    const outcomes = new Map<number, MigrationOutcome['outcome']>();
    for (const step of missing) outcomes.set(step.version, options.dryRun ? 'pending' : await once(db, step, migrations, options.waitMs ?? 60_000));
    return migrations.map(({ version, name }) => ({ version, name, outcome: outcomes.get(version) ?? 'was there' }));
  } catch (err) {
    throw asOurs(err, 'be migrated');
  }
}

/** What this database has; nothing where the table is missing. Needs no more than the right to read. */
async function applied(db: Database): Promise<readonly Applied[]> {
  const [found] = await db<{ there: boolean }[]>`SELECT to_regclass('vice_schema_migrations') IS NOT NULL AS there`;
  return found?.there ? read(db) : [];
}

async function read(sql: Database | postgres.TransactionSql): Promise<readonly Applied[]> {
  return sql<Applied[]>`SELECT version, name, checksum FROM vice_schema_migrations ORDER BY version`;
}

function refuseStrangers(migrations: readonly Migration[], rows: readonly Applied[]): void {
  const newest = migrations.at(-1)?.version ?? 0;
  for (const row of rows) {
    const known = migrations.find(({ version }) => version === row.version);
    if (known?.checksum === row.checksum) continue;
    const step = `${row.version} (${row.name})`;
    if (known) throw new MigrationError(`migration ${step} is not what this database was given: it was edited after it had been applied`);
    if (row.version < newest) throw new MigrationError(`the database has migration ${step}, which this binary does not know`);
    throw new MigrationError(`the database is newer than this binary: it has migration ${step}, the last one known here is ${newest}`, {
      details: { database: row.version, binary: newest },
    });
  }
}

async function once(db: Database, step: Migration, migrations: readonly Migration[], waitMs: number): Promise<'applied' | 'was there'> {
  return db.begin(async (sql) => {
    await lock(sql, waitMs);
    await sql`SELECT set_config('lock_timeout', ${LOCK_TIMEOUT}, true)`;
    // Not asked for first: inside a transaction the name may still be remembered as one that names nothing.
    await sql`CREATE TABLE IF NOT EXISTS vice_schema_migrations (
      version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())`;
    const rows = await read(sql);
    refuseStrangers(migrations, rows);
    if (rows.some(({ version }) => version === step.version)) return 'was there';
    await apply(sql, step);
    await sql`INSERT INTO vice_schema_migrations (version, name, checksum) VALUES (${step.version}, ${step.name}, ${step.checksum})`;
    return 'applied';
  });
}

/** Asks again and again instead of waiting in the database, where a time-out would end the whole transaction without saying whose lock it was. */
async function lock(sql: postgres.TransactionSql, waitMs: number): Promise<void> {
  const until = Date.now() + waitMs;
  for (;;) {
    const [answer] = await sql<{ ours: boolean }[]>`SELECT pg_try_advisory_xact_lock(${LOCK_KEY}::bigint) AS ours`;
    if (answer?.ours) return;
    if (Date.now() >= until) throw new MigrationError(`another process has been migrating this database for more than ${waitMs} ms`);
    await delay(50);
  }
}

async function apply(sql: postgres.TransactionSql, step: Migration): Promise<void> {
  try {
    await sql.unsafe(step.sql).simple();
  } catch (err) {
    const hint = codeOf(err) === '42501' ? '; run "vice migrate" once with a role that may create tables in this schema' : '';
    throw new MigrationError(`migration ${step.version} (${step.name}) failed: ${err instanceof Error ? err.message : String(err)}${hint}`, {
      cause: err,
    });
  }
}
