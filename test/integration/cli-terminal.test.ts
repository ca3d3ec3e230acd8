import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { launchBody } from '../support/launch-bodies.ts';
import { register, runCoordinator, type Site, send, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

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

/** The command at a terminal of 80 columns: what stands there so far, and a keyboard. */
function atTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const decoder = new TextDecoder();
  const seen = { text: '' };
  const child = Bun.spawn([process.execPath, main, ...args], {
    env: { PATH: '/usr/bin:/bin', TERM: 'xterm-256color', VICE_COORDINATOR: coordinator.url, ...env },
    timeout: 60_000,
    terminal: {
      cols: 80,
      rows: 24,
      data: (_, bytes) => {
        seen.text += decoder.decode(bytes, { stream: true });
      },
    },
  });
  return { seen, child, type: (text: string) => void child.terminal?.write(text) };
}
async function shown(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string> {
  const { seen, child } = atTerminal(args, env);
  await child.exited;
  return seen.text.replaceAll('\r\n', '\n');
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
    const { seen, child, type } = atTerminal(['clusters', 'delete', 'west'], { NO_COLOR: '1' });
    await waitFor(() => seen.text.includes('[y/N] '), { timeoutMs: 30_000, what: 'the question' });
    type(answer);
    return { code: await child.exited, text: seen.text };
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
  const { seen, child } = atTerminal(['launch', file, '--wait'], { NO_COLOR: '1' });
  await waitFor(() => seen.text.includes('launching (0s)'), { timeoutMs: 30_000, what: 'a word on the launch' });
  release();
  expect(await child.exited).toBe(0);
  const [before, page] = seen.text.split('\r\u001b[Kanalysis');
  expect(before).toStartWith('\r\u001b[Klaunching (0s)');
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
  const { seen, child, type } = atTerminal(['logs', id, '-f']);
  await waitFor(() => seen.text.includes('hello'), { timeoutMs: 30_000, what: 'the first line' });
  type('\u0003');
  expect([await child.exited, seen.text.includes('vice:')]).toEqual([0, false]);
  const piped = Bun.spawn(['bash', '-c', `'${process.execPath}' '${main}' logs ${id} -f | head -n 1`], {
    env: { PATH: '/usr/bin:/bin', VICE_COORDINATOR: coordinator.url },
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 60_000,
  });
  const [out, err, code] = await Promise.all([piped.stdout.text(), piped.stderr.text(), piped.exited]);
  expect([code, out, err]).toEqual([0, 'hello\n', '']);
});
