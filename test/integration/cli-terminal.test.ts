import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { launchBody } from '../support/launch-bodies.ts';
import { register, runCoordinator, type Site, send, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';

setDefaultTimeout(120_000);

const main = join(import.meta.dir, '../../src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'vice-terminal-'));
const LONG = `http://127.0.0.1:1/${'a-long-path/'.repeat(8)}end`;
let site: Site;
let coordinator: Coordinator;

beforeAll(async () => {
  [site, coordinator] = await Promise.all([startSite('east'), freshDatabase().then((uri) => runCoordinator(uri))]);
  await register(coordinator.url, [
    { name: 'east', url: site.proxy.url },
    { name: 'west', url: LONG },
  ]);
});
afterAll(async () => {
  await Promise.all([coordinator.stop(), site.stop()]);
  rmSync(folder, { recursive: true });
});

const before = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  atTerminal(args, { VICE_COORDINATOR: coordinator.url, ...env });
async function shown(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string> {
  const terminal = before(args, env);
  await terminal.ended();
  return terminal.text().replaceAll('\r\n', '\n');
}

test('a table fits a terminal of 80 columns, in colours unless there shall be none', async () => {
  const colored = await shown(['clusters', 'list']);
  expect(colored).toContain('\u001b[32mhealthy\u001b[39m');
  const plain = await shown(['clusters', 'list'], { NO_COLOR: '1' });
  expect(plain).not.toContain('\u001b');
  expect(Bun.stripANSI(colored).replace(/\d+s ago/g, '')).toBe(plain.replace(/\d+s ago/g, ''));
  const lines = plain.split('\n');
  expect(lines.find((line) => line.startsWith('west'))).toEndWith('…');
  expect(Math.max(...lines.slice(0, 3).map((line) => line.length))).toBe(80);
  expect(await shown(['clusters', 'list'], { TERM: 'dumb' })).not.toContain('\u001b');
});

test('an end is asked for at a terminal: whatever is not yes is no, and yes is done', async () => {
  const answered = async (answer: string) => {
    const { sees, type, ended, text } = before(['clusters', 'delete', 'west'], { NO_COLOR: '1' });
    await sees('[y/N] ');
    type(answer);
    return { code: await ended(), text: text() };
  };
  expect(await answered('\n')).toMatchObject({ code: 1, text: expect.stringContaining(`Delete the cluster west (${LONG})? [y/N]`) });
  expect((await answered('nay\n')).code).toBe(1);
  expect((await answered('\u0004')).code).toBe(1); // Ctrl-D
  expect((await answered('yes\n')).text).toContain('west is deleted');
});

test('a terminal is told how far a launch is, and nothing of that stays', async () => {
  const file = join(folder, 'launch.json');
  const id = randomUUID();
  writeFileSync(file, JSON.stringify(launchBody({ top: { uuid: id, user_id: id } })));
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  site.proxy.intercept(async ({ method, path }, forward) => {
    if (method === 'POST' && path === '/api/v1/deployments') await held;
    return forward();
  });
  const { sees, ended, text } = before(['launch', file, '--wait'], { NO_COLOR: '1' });
  await sees('launching (0s)');
  release();
  expect(await ended()).toBe(0);
  const [progress, page] = text().split('\r\u001b[Kanalysis');
  expect(progress).toStartWith('\r\u001b[Klaunching (0s)');
  expect(page).toStartWith(`    ${id}`);
  expect(page).toContain('page        answers');
});

test('a log that is followed ends with Ctrl-C and with a reader that has enough, without a complaint', async () => {
  const id = randomUUID();
  expect((await send(`${coordinator.url}/vice/launch`, launchBody({ top: { uuid: id, user_id: id } }))).status).toBe(200);
  let second = 0;
  site.proxy.intercept(async ({ path }, forward) => {
    if (!path.includes('/logs')) return forward();
    const line = `${new Date(Date.UTC(2020, 0, 1, 0, 0, second++)).toISOString()} hello`;
    const text = `{"pod":"p","container":"analysis","since_time":"1"}\n{"line":"${line}"}\n`;
    return new Response(text, { headers: { 'content-type': 'application/x-ndjson' } });
  });
  const { sees, type, ended, text } = before(['logs', id, '-f']);
  await sees('hello');
  type('\u0003');
  expect([await ended(), text().includes('vice:')]).toEqual([0, false]);
  const piped = Bun.spawn(['bash', '-c', `'${process.execPath}' '${main}' logs ${id} -f | head -n 1`], {
    env: { PATH: '/usr/bin:/bin', VICE_COORDINATOR: coordinator.url },
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 60_000,
  });
  const [out, err, code] = await Promise.all([piped.stdout.text(), piped.stderr.text(), piped.exited]);
  expect([code, out, err]).toEqual([0, 'hello\n', '']);
});

test('whoever follows a log that nobody sends is told what is waited for', async () => {
  const { sees, type, ended } = before(['logs', randomUUID(), '-f'], { VICE_COORDINATOR: 'http://127.0.0.1:1' });
  await sees('no connection to the coordinator at http://127.0.0.1:1');
  await sees('asking again');
  type('\u0003');
  expect(await ended()).toBe(0);
});
