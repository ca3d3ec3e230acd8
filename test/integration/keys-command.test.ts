import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyIdOf, open, seal } from '../../src/adapters/keys/envelope.ts';
import { keyRingIn } from '../../src/adapters/keys/key-ring.ts';
import { placeOf } from '../../src/adapters/keys/vault.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { runMigrations } from '../../src/adapters/postgres/migrations/run.ts';
import { freshDatabase } from '../support/postgres.ts';

const main = join(import.meta.dir, '../../src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'vice-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function vice(args: readonly string[], env: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, main, ...args], {
    env: { ...env, PATH: '/usr/bin:/bin' },
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 60_000,
  });
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { out, err, code };
}

test('a key is made, another put on top of it, every row sealed anew, and the old one is needed no more', async () => {
  const uri = await freshDatabase();
  const db = openDatabase(uri);
  await runMigrations(db);
  const [first, second] = [await vice(['keys', 'generate']), await vice(['keys', 'generate'])];
  expect([first.code, first.err]).toEqual([0, '']);
  const old = keyRingIn(first.out, 'test');
  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  for (const id of ids) {
    await db`INSERT INTO vice_clusters (id, name, deployer_url, client_key_encrypted)
             VALUES (${id}, ${`cluster-${id}`}, 'https://x', ${seal(`canary of ${id}`, placeOf(id), old)})`;
  }
  const file = join(folder, 'keys');
  writeFileSync(file, `${second.out}${first.out}`);
  const rotate = () => vice(['keys', 'rotate', '--keys-file', file, '--config', '/dev/null', '--dotenv-path', '/dev/null'], { DISCOENV_DB_URI: uri });
  // Every change finds another row than it has read.
  await db.unsafe(`CREATE FUNCTION unchanged() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                   CREATE TRIGGER a_unchanged BEFORE UPDATE ON vice_clusters FOR EACH ROW EXECUTE FUNCTION unchanged()`);
  const raced = await rotate();
  expect([raced.code, raced.out.match(/FAILED: was changed meanwhile; run it again/g)?.length]).toEqual([1, 2]);
  await db`DROP TRIGGER a_unchanged ON vice_clusters`;
  const rotated = await rotate();
  expect([rotated.code, rotated.err]).toEqual([0, '']);
  expect(rotated.out.match(/sealed anew/g)).toHaveLength(2);
  const fresh = keyRingIn(second.out, 'test');
  for (const { id, sealed } of await db<{ id: string; sealed: Buffer }[]>`SELECT id, client_key_encrypted AS sealed FROM vice_clusters`) {
    expect(keyIdOf(sealed)).toBe(fresh[0]?.id ?? '');
    expect(open(sealed, placeOf(id), fresh)).toBe(`canary of ${id}`);
  }
  const again = await rotate();
  const document = await vice(['keys', 'rotate', '-o', 'json', '--keys-file', file, '--config', '/dev/null', '--dotenv-path', '/dev/null'], {
    DISCOENV_DB_URI: uri,
  });
  expect(JSON.parse(document.out).keys).toEqual(
    Array(2).fill({ cluster: expect.stringContaining('cluster-'), outcome: expect.any(String), failed: false }),
  );
  expect([again.code, again.out.includes('sealed anew')]).toEqual([0, false]);

  writeFileSync(file, (await vice(['keys', 'generate'])).out);
  const lost = await rotate();
  expect(lost.code).toBe(1);
  expect(lost.out.match(/FAILED: the encryption key .* is not configured/g)).toHaveLength(2);
  for (const { out, err } of [rotated, again, lost]) expect(out + err).not.toContain('canary of');
  await db.end({ timeout: 5 });
}, 120_000);

test('what is missing is told at once, and a file that holds no keys is quoted nowhere', async () => {
  const nothing = await vice(['keys', 'rotate', '--config', '/dev/null', '--dotenv-path', '/dev/null'], {
    DISCOENV_DB_URI: 'postgresql://de:x@127.0.0.1:1/de',
  });
  expect([nothing.code, nothing.err.includes('--keys-file')]).toEqual([2, true]);
  expect((await vice(['keys'])).code).toBe(2);
  const file = join(folder, 'wrong');
  writeFileSync(file, 'hunter2\n');
  const wrong = await vice(['keys', 'rotate', '--keys-file', file, '--config', '/dev/null', '--dotenv-path', '/dev/null'], {
    DISCOENV_DB_URI: 'postgresql://de:x@127.0.0.1:1/de',
  });
  expect(wrong.code).toBe(2);
  expect(wrong.out + wrong.err).not.toContain('hunter2');
}, 60_000);
