import { afterAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { MIGRATIONS } from '../../src/adapters/postgres/migrations/migrations.ts';
import { emptyDatabase, freshDatabase } from '../support/postgres.ts';

const steps = [...MIGRATIONS.map(({ version, name }) => `${String(version).padStart(6, '0')} ${name}`), 'column jobs.cluster_id'];
const width = Math.max(...steps.map(({ length }) => length));
const main = join(import.meta.dir, '../../src/main.ts');
const open: Database[] = [];
afterAll(() => Promise.all(open.map((db) => db.end({ timeout: 5 }))));

async function migrate(uri: string, ...flags: string[]) {
  const process = Bun.spawn([Bun.argv[0] ?? 'bun', main, 'migrate', ...flags], { env: { DISCOENV_DB_URI: uri }, stdout: 'pipe', stderr: 'pipe' });
  const [out, err, exitCode] = await Promise.all([process.stdout.text(), process.stderr.text(), process.exited]);
  return { out, err, exitCode };
}

describe('vice migrate', () => {
  test('says what it did in a table, and the second time that nothing was to do', async () => {
    const uri = await freshDatabase();
    expect(await migrate(uri, '--dry-run')).toMatchObject({ exitCode: 0, out: expect.stringMatching(/000001 vice_clusters +would be applied\n/) });
    const document = JSON.parse((await migrate(uri, '--dry-run', '-o', 'json')).out);
    expect(document.steps[0]).toEqual({ version: 1, name: 'vice_clusters', outcome: 'pending' });
    expect(document.jobs_cluster_id).toEqual({ outcome: 'pending' });
    const first = await migrate(uri);
    expect(first).toEqual({
      exitCode: 0,
      err: '',
      out: [['STEP', 'OUTCOME'], ...steps.map((step) => [step, 'applied'])]
        .map(([step = '', outcome]) => `${step.padEnd(width)}  ${outcome}\n`)
        .join(''),
    });
    expect((await migrate(uri)).out).toBe(first.out.replaceAll('applied', 'was there'));
  });

  test('gives the administrator the statement for a table that is not ours, and succeeds', async () => {
    const uri = await freshDatabase();
    const guest = new URL(uri);
    guest.username = `guest${guest.pathname.slice(1)}`;
    guest.password = 'guest';
    const owner = openDatabase(uri);
    open.push(owner);
    await owner.unsafe(`CREATE ROLE ${guest.username} LOGIN PASSWORD 'guest'; GRANT CREATE ON SCHEMA public TO ${guest.username}`);
    const { exitCode, out } = await migrate(guest.href);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/column jobs.cluster_id +skipped: this role may not change the table jobs\n/);
    expect(out).toContain('ALTER TABLE jobs ADD COLUMN cluster_id UUID REFERENCES vice_clusters (id) ON DELETE SET NULL;');
  });

  test('fails with 1 when the database is newer, and says so in one sentence', async () => {
    const uri = await emptyDatabase();
    await migrate(uri);
    const owner = openDatabase(uri);
    open.push(owner);
    await owner`INSERT INTO vice_schema_migrations (version, name, checksum) VALUES (999, 'future', 'x')`;
    const { exitCode, out, err } = await migrate(uri);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toBe(
      `vice: the database is newer than this binary: it has migration 999 (future), the last one known here is ${MIGRATIONS.length}\n`,
    );
  });

  test('fails with 1 when there is no database there, with 2 when nobody says which', async () => {
    expect(await migrate('postgres://nobody:secret@127.0.0.1:1/none')).toMatchObject({ exitCode: 1, err: expect.not.stringContaining('secret') });
    expect(await migrate('')).toMatchObject({ exitCode: 2, err: expect.stringContaining('DISCOENV_DB_URI') });
  });
});
