import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { vice } from '../support/command.ts';
import { launchBody } from '../support/launch-bodies.ts';
import { runCoordinator, type Site, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';

setDefaultTimeout(180_000);

const root = join(import.meta.dir, '../..');
const folder = mkdtempSync(join(tmpdir(), 'vice-commands-'));
let site: Site;
let coordinator: Coordinator;
let uri: string;

beforeAll(async () => {
  const build = Bun.spawn([process.execPath, join(root, '.ci/build.ts'), '--if-stale'], { stdout: 'ignore', stderr: 'inherit' });
  expect(await build.exited).toBe(0);
  uri = await freshDatabase();
  [site, coordinator] = await Promise.all([startSite('east'), runCoordinator(uri)]);
});
afterAll(async () => {
  await Promise.all([coordinator.stop(), site.stop()]);
  rmSync(folder, { recursive: true });
});

/** The one binary, as it is shipped. */
async function binary(...args: readonly string[]): Promise<string> {
  const env = { VICE_COORDINATOR: coordinator.url, DISCOENV_DB_URI: uri };
  const { code, out, err } = await vice(args, { env, binary: join(root, 'dist/vice') });
  expect([args.join(' '), code, err]).toEqual([args.join(' '), 0, '']);
  return out;
}

test('a platform is run with the binary alone: a cluster, an analysis, its log and its end, and a look at all of it', async () => {
  const id = randomUUID();
  const file = join(folder, 'launch.json');
  writeFileSync(file, JSON.stringify(launchBody({ top: { uuid: id, user_id: id } })));
  expect(await binary('clusters', 'register', '--name', 'east', '--url', site.deployerUrl)).toContain('deployer: healthy');
  expect(await binary('launch', file, '--wait')).toContain('page        answers');
  expect(JSON.parse(await binary('status', '-o', 'json')).analyses).toEqual([expect.objectContaining({ external_id: id })]);
  expect(await binary('logs', id, '--tail', '1')).toBe('ready\n');
  const config = ['--config', join(root, 'test/golden/config.yaml'), '--dotenv-path', '/dev/null'];
  expect(await binary('doctor', ...config)).toEndWith('nothing is wrong\n');
  expect(await binary('exit', id, '--yes', '--wait')).toBe(`${id} is stopped\n`);
  expect(await binary('clusters', 'delete', 'east', '--yes')).toBe('east is deleted\n');
});

test('the binary makes certificates, keys and completions, and its help knows them', async () => {
  const dir = join(folder, 'pki');
  await binary('pki', 'init', '--dir', dir);
  await binary('pki', 'issue-server', '--dir', dir, '--hosts', 'localhost');
  const [shown] = JSON.parse(await binary('pki', 'show', join(dir, 'vice-deployer'), '-o', 'json')).certificates;
  expect(shown).toMatchObject({ uses: ['server'], key_matches: true, issued_by_ca: true });
  expect(readFileSync(join(dir, 'ca.key'), 'utf8')).toStartWith('-----BEGIN PRIVATE KEY-----\n');
  expect(await binary('keys', 'generate')).toMatch(/^\S+:\S+\n$/);
  expect(await binary('completion', 'bash')).toContain("'clusters register') words='");
  for (const topic of ['clusters', 'pki']) expect(await binary('help', topic)).toStartWith(`Usage: vice ${topic} COMMAND`);
  expect(await binary('clusters', 'register', '--help')).toStartWith('Usage: vice clusters register [FLAG ...]');
});
