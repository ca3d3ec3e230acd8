import { afterAll, beforeAll, expect, test } from 'bun:test';
import { assignmentReader } from '../../src/adapters/postgres/assignments/reading.ts';
import { takeCensus } from '../../src/adapters/postgres/census.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { runMigrations } from '../../src/adapters/postgres/migrations/run.ts';
import { freshDatabase } from '../support/postgres.ts';

const { signal } = new AbortController();

let db: Database;
beforeAll(async () => {
  db = openDatabase(await freshDatabase(), { maxConnections: 1 }); // one session, whose statistics are told when it is asked to
  await runMigrations(db);
}, 120_000);
afterAll(() => db.end({ timeout: 5 }));

const live = (id: string, state: string, due: string | null = null) => db`
  INSERT INTO vice_deployments (external_id, user_id, username, state, cluster_id, removal_due)
  SELECT ${id}, 'u', 'u', ${state}, id, now() + ${due}::text::interval FROM vice_clusters`;

test('of nothing everything is none', async () => {
  expect(await takeCensus(db, signal)).toEqual({ analyses: [], removals_due: 0, removals_waiting: 0, tombstones: 0 });
});

test('analyses are counted by state until they have ended, removals by whether their time has come, also of what has failed', async () => {
  await db`INSERT INTO vice_clusters (name, deployer_url) VALUES ('a', 'http://a')`;
  const rows = [['running'], ['running'], ['stopping', '-1 s'], ['stopping', '1 h'], ['stopped'], ['failed'], ['failed', '-1 s']] as const;
  for (const [index, [state, due]] of rows.entries()) await live(`x${index}`, state, due);
  await db`INSERT INTO vice_tombstones (external_id, attempt, deployer_url, cluster_name) VALUES ('y', 1, 'http://y', 'y'), ('z', 1, 'http://y', 'y')`;
  const { analyses, ...more } = await takeCensus(db, signal);
  expect(more).toEqual({ removals_due: 2, removals_waiting: 1, tombstones: 2 });
  expect(new Map(analyses.map(({ state, count }) => [state, count]))).toEqual(
    new Map([
      ['running', 2],
      ['stopping', 2],
    ]),
  );
});

test('what has ended is not read through, however much it is, for a count nor for a page', async () => {
  await db`
    INSERT INTO vice_deployments (external_id, user_id, username, state)
    SELECT 'ended-' || n, 'u' || n % 1000, 'u', 'stopped' FROM generate_series(1, 20000) n`;
  await db`ANALYZE vice_deployments`;
  const before = await scans();
  await takeCensus(db, signal);
  expect(await scans()).toEqual(before);
  const [first] = await assignmentReader(db).page({ limit: 1 }, signal);
  await assignmentReader(db).page({ limit: 100, states: ['failed', 'stopped'], ...(first && { before: first.external_id }) }, signal);
  expect(await scans()).toEqual(before);
});

/** How often the table was read from its beginning to its end. */
async function scans() {
  await db`SELECT pg_stat_force_next_flush()`;
  const rows = await db<{ seq_scan: string }[]>`SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'vice_deployments'`;
  return rows.map(({ seq_scan }) => seq_scan);
}
