import { afterAll, describe, expect, test } from 'bun:test';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { addJobsColumn } from '../../src/adapters/postgres/migrations/jobs-column.ts';
import { MigrationError } from '../../src/adapters/postgres/migrations/migration-error.ts';
import { MIGRATIONS, migration } from '../../src/adapters/postgres/migrations/migrations.ts';
import { runMigrations } from '../../src/adapters/postgres/migrations/run.ts';
import { UnavailableError } from '../../src/errors/errors.ts';
import { emptyDatabase, freshDatabase } from '../support/postgres.ts';

const folder = join(import.meta.dir, '../../migrations');
const next = MIGRATIONS.length + 1;
const each = <T extends string>(outcome: T) => MIGRATIONS.map(() => outcome);
const open: Database[] = [];
afterAll(() => Promise.all(open.map((db) => db.end({ timeout: 5 }))));

function connect(uri: string): Database {
  const db = openDatabase(uri, { maxConnections: 2 });
  open.push(db);
  return db;
}

async function tablesOf(db: Database): Promise<string[]> {
  const rows = await db<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_name LIKE 'vice%' ORDER BY 1`;
  return rows.map(({ name }) => name);
}

/** The address of the same database for a role that may read and write, and own nothing. */
async function asGuest(uri: string, grants: string): Promise<string> {
  const name = `guest_${new URL(uri).pathname.slice(1)}`;
  await connect(uri).unsafe(`CREATE ROLE ${name} LOGIN PASSWORD 'guest'; ${grants.replaceAll('GUEST', name)}`);
  const address = new URL(uri);
  address.username = name;
  address.password = 'guest';
  return address.href;
}

test('the binary holds every file of the folder, in order and to the letter', async () => {
  const files = (await readdir(folder)).filter((name) => /^\d{6}_\w+\.up\.sql$/.test(name)).sort();
  expect(MIGRATIONS.map(({ version, name }) => `${String(version).padStart(6, '0')}_${name}.up.sql`)).toEqual(files);
  for (const [index, name] of files.entries()) expect(MIGRATIONS[index]?.sql).toBe(await readFile(join(folder, name), 'utf8'));
});

describe('migrating', () => {
  test('an empty database gets every table; a second run finds them', async () => {
    const db = connect(await emptyDatabase());
    expect((await runMigrations(db)).map(({ outcome }) => outcome)).toEqual(each('applied'));
    expect((await runMigrations(db)).map(({ outcome }) => outcome)).toEqual(each('was there'));
    expect(await tablesOf(db)).toEqual(['vice_audit', 'vice_clusters', 'vice_deployments', 'vice_schema_migrations', 'vice_tombstones']);
  });

  test('eight processes at once do each step once, and all of them succeed', async () => {
    const uri = await emptyDatabase();
    const all = await Promise.all(Array.from({ length: 8 }, () => runMigrations(connect(uri))));
    const applied = all.flat().filter(({ outcome }) => outcome === 'applied');
    expect(applied.map(({ version }) => version).sort((a, b) => a - b)).toEqual(MIGRATIONS.map(({ version }) => version));
  });

  test('a dry run says what is missing and changes nothing', async () => {
    const db = connect(await emptyDatabase());
    expect((await runMigrations(db, { dryRun: true })).map(({ outcome }) => outcome)).toEqual(each('pending'));
    expect(await tablesOf(db)).toEqual([]);
  });

  test('up, down and up again leaves nothing behind in between', async () => {
    const db = connect(await freshDatabase());
    await runMigrations(db);
    await addJobsColumn(db);
    await db.unsafe(await readFile(join(folder, 'jobs_cluster_id.down.sql'), 'utf8'));
    for (const { version, name } of MIGRATIONS.toReversed()) {
      await db.unsafe(await readFile(join(folder, `${String(version).padStart(6, '0')}_${name}.down.sql`), 'utf8'));
      await db`DELETE FROM vice_schema_migrations WHERE version = ${version}`;
    }
    expect(await tablesOf(db)).toEqual(['vice_schema_migrations']);
    expect(await db`SELECT 1 FROM pg_proc WHERE proname LIKE '%vice%'`).toHaveLength(0);
    expect(await db`SELECT 1 FROM information_schema.columns WHERE table_name = 'jobs' AND column_name = 'cluster_id'`).toHaveLength(0);
    expect((await runMigrations(db)).map(({ outcome }) => outcome)).toEqual(each('applied'));
    expect(await addJobsColumn(db)).toEqual({ outcome: 'applied' });
  });

  test('a step that was edited after it landed is refused by its number', async () => {
    const db = connect(await emptyDatabase());
    await runMigrations(db);
    const edited = MIGRATIONS.map((step) => (step.version === 1 ? migration(1, step.name, `${step.sql}\n-- edited`) : step));
    await expect(runMigrations(db, { migrations: edited })).rejects.toThrow('migration 1 (vice_clusters) is not what this database was given');
  });

  test('a database that is newer than the binary is refused with both numbers', async () => {
    const db = connect(await emptyDatabase());
    await runMigrations(db, { migrations: [...MIGRATIONS, migration(next, 'future', 'CREATE TABLE vice_future (id int)')] });
    await expect(runMigrations(db)).rejects.toThrow(
      `the database is newer than this binary: it has migration ${next} (future), the last one known here is ${next - 1}`,
    );
  });

  test('a step that fails leaves nothing of itself, and the steps before it stay', async () => {
    const db = connect(await emptyDatabase());
    const broken = migration(next, 'broken', 'CREATE TABLE vice_half (id int); SELECT 1 / 0');
    await expect(runMigrations(db, { migrations: [...MIGRATIONS, broken] })).rejects.toThrow(`migration ${next} (broken) failed: division by zero`);
    expect((await runMigrations(db)).map(({ outcome }) => outcome)).toEqual(each('was there'));
    expect(await tablesOf(db)).not.toContain('vice_half');
  });

  test('another process that holds the lock is waited for, but not for ever', async () => {
    const uri = await emptyDatabase();
    const [holder, db] = [connect(uri), connect(uri)];
    const release = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const held = holder.begin(async (sql) => {
      await sql`SELECT pg_advisory_xact_lock(1986618211)`;
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    expect(await runMigrations(db, { waitMs: 100 }).catch((err: unknown) => err)).toBeInstanceOf(MigrationError);
    const waiting = runMigrations(db);
    release.resolve();
    await held;
    expect((await waiting).map(({ outcome }) => outcome)).toEqual(each('applied'));
  });

  test('a role that may not create tables is told so, and needs no right when there is nothing to do', async () => {
    const uri = await emptyDatabase();
    const db = connect(await asGuest(uri, ''));
    await expect(runMigrations(db)).rejects.toThrow('permission denied for schema public');
    const owner = connect(uri);
    await runMigrations(owner);
    await owner.unsafe(`GRANT SELECT ON vice_schema_migrations TO guest_${new URL(uri).pathname.slice(1)}`);
    expect((await runMigrations(db)).map(({ outcome }) => outcome)).toEqual(each('was there'));
  });

  test('a database that is not there is unavailable, within the time to connect', async () => {
    expect(await runMigrations(connect('postgres://nobody@127.0.0.1:1/none')).catch((err: unknown) => err)).toBeInstanceOf(UnavailableError);
  });
});

describe('the column of the jobs table', () => {
  test('is added once, and forgets a cluster that is removed', async () => {
    const db = connect(await freshDatabase());
    await runMigrations(db);
    expect(await addJobsColumn(db, { dryRun: true })).toEqual({ outcome: 'pending' });
    expect(await addJobsColumn(db)).toEqual({ outcome: 'applied' });
    expect(await addJobsColumn(db)).toEqual({ outcome: 'was there' });
    await db`INSERT INTO users (id, username) VALUES ('00000000-0000-0000-0000-000000000001', 'jdoe@example.org')`;
    const [cluster] = await db<{ id: string }[]>`INSERT INTO vice_clusters (name, deployer_url) VALUES ('one', 'http://one') RETURNING id`;
    await db`INSERT INTO jobs (job_name, job_type_id, status, user_id, cluster_id)
             VALUES ('one', 'ead7467a-67c1-4087-90e1-f29ebf2ea084', 'Running', '00000000-0000-0000-0000-000000000001', ${cluster?.id ?? ''})`;
    await db`DELETE FROM vice_clusters`;
    expect([...(await db`SELECT cluster_id FROM jobs`)]).toEqual([{ cluster_id: null }]);
  });

  test('is skipped where there is no such table', async () => {
    const db = connect(await emptyDatabase());
    await runMigrations(db);
    expect(await addJobsColumn(db)).toEqual({ outcome: 'skipped', why: 'there is no table jobs in this database' });
  });

  test('is left to the administrator, with the statement that does it, where the table is not ours', async () => {
    const uri = await freshDatabase();
    const guest = connect(await asGuest(uri, 'GRANT CREATE ON SCHEMA public TO GUEST'));
    await runMigrations(guest);
    const answer = await addJobsColumn(guest);
    expect(answer).toMatchObject({ outcome: 'skipped', why: 'this role may not change the table jobs' });
    await connect(uri).unsafe(answer.outcome === 'skipped' ? (answer.statement ?? '') : '');
    expect(await addJobsColumn(guest)).toEqual({ outcome: 'was there' });
  });

  test('is given up for now when somebody uses the table, instead of making everybody wait', async () => {
    const uri = await freshDatabase();
    const [busy, db] = [connect(uri), connect(uri)];
    await runMigrations(db);
    await busy.begin(async (sql) => {
      await sql`SELECT 1 FROM jobs`;
      expect(await addJobsColumn(db)).toMatchObject({ outcome: 'skipped', why: expect.stringContaining('in use') });
    });
    expect(await addJobsColumn(db)).toEqual({ outcome: 'applied' });
  });
});
