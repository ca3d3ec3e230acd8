import { afterAll, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '../../src/demo/embedded-postgres.ts';
import { emptyDatabase, freshDatabase, startPostgres } from '../support/postgres.ts';

const open: postgres.Sql[] = [];
afterAll(() => Promise.all(open.map((sql) => sql.end({ timeout: 5 }))));

function connect(uri: string): postgres.Sql {
  const sql = postgres(uri, { max: 2 });
  open.push(sql);
  return sql;
}

test('a notification reaches the listener of the same database', async () => {
  const sql = connect(await freshDatabase());
  const arrived = Promise.withResolvers<string>();
  await sql.listen('clusters', (payload) => arrived.resolve(payload));
  await sql.notify('clusters', 'reload');
  expect(await arrived.promise).toBe('reload');
});

test('two databases do not see each other', async () => {
  const [one, two] = [connect(await freshDatabase()), connect(await freshDatabase())];
  await one`INSERT INTO users (username) VALUES ('jdoe@example.org')`;
  expect(await one`SELECT username FROM users`).toHaveLength(1);
  expect(await two`SELECT username FROM users`).toHaveLength(0);
});

test('a fresh database has the tables and the default job limit of the Discovery Environment', async () => {
  const sql = connect(await freshDatabase());
  const tables = await sql<{ name: string }[]>`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`;
  const expected = ['job_limits', 'job_status_updates', 'job_steps', 'job_types', 'jobs', 'logins', 'users'];
  expect(tables.map(({ name }) => name)).toEqual(expected);
  const limits = await sql`SELECT concurrent_jobs FROM job_limits WHERE launcher IS NULL`;
  expect([...limits]).toEqual([{ concurrent_jobs: 8 }]);
});

test('an empty database has no table', async () => {
  const sql = connect(await emptyDatabase());
  expect(await sql`SELECT 1 FROM information_schema.tables WHERE table_schema = 'public'`).toHaveLength(0);
});

test('the server is one for the whole test process, and wants its password', async () => {
  const [one, two] = await Promise.all([startPostgres(), startPostgres()]);
  expect(one.process.pid).toBe(two.process.pid);
  const stranger = connect(one.uri('postgres').replace(/:[0-9a-f]+@/, ':wrong@'));
  expect(await stranger`SELECT 1`.catch((err: { code?: string }) => err.code)).toBe('28P01');
});

test('a server that starts again in its folder has kept its data', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vice-postgres-kept-'));
  const first = await startEmbeddedPostgres({ folder });
  await connect(first.uri('postgres'))`CREATE TABLE kept AS SELECT 42 AS answer`;
  first.process.kill('SIGKILL');
  await first.process.exited;
  const second = await startEmbeddedPostgres({ folder, port: first.port });
  expect([...(await connect(second.uri('postgres'))`SELECT answer FROM kept`)]).toEqual([{ answer: 42 }]);
  await second.stop();
  await rm(folder, { recursive: true });
});
