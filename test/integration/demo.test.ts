import { afterEach, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vice } from '../support/command.ts';
import { waitFor } from '../support/wait-for.ts';

const root = join(import.meta.dir, '../..');
const running: Bun.Subprocess[] = [];
afterEach(() => {
  for (const demo of running.splice(0)) demo.kill('SIGKILL');
});

/** The demo as `npm run demo` starts it, with a temporary folder of its own: what it leaves behind there is seen. */
async function startDemo(...argv: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'vice-demo-test-'));
  await chmod(folder, 0o755); // so that PostgreSQL, which does not run as root, keeps its data here as well
  const demo = Bun.spawn([process.execPath, join(root, 'src/modes/demo.ts'), ...argv], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? folder, TMPDIR: folder },
    stdout: 'pipe',
    stderr: 'ignore',
  });
  running.push(demo);
  const parts: string[] = [];
  const read = (async () => {
    for await (const part of demo.stdout.pipeThrough(new TextDecoderStream())) parts.push(part);
  })();
  const told = () => parts.join('');
  const says = (text: string) => {
    const isSaid = () => {
      if (demo.exitCode !== null) throw new Error(`the demo ended with ${demo.exitCode} before it said "${text}":\n${told()}`);
      return told().includes(text);
    };
    return waitFor(isSaid, { timeoutMs: 60_000, what: `the demo to say "${text}"` });
  };
  const ended = async () => {
    const code = await demo.exited;
    await read;
    const left = readdirSync(folder);
    await rm(folder, { recursive: true, force: true });
    return { code, left, processes: startedBy(demo.pid, told()) };
  };
  return { demo, told, says, ended };
}

/** Processes whose command line or parent says that they are this demo's. PostgreSQL listens on a port that no other has. */
function startedBy(pid: number, story: string): string[] {
  const port = /PostgreSQL\s+127\.0\.0\.1:(\d+)/.exec(story)?.[1] ?? 'none';
  const lines = Bun.spawnSync(['ps', '-eo', 'ppid,args']).stdout.toString().split('\n');
  return lines.filter((line) => Number(line.trim().split(' ')[0]) === pid || line.includes(`-p ${port} `));
}

/** The words that the lines of the story begin with, in order. */
function steps(story: string): string[] {
  return [...story.matchAll(/^ +\d+\.\d s {2}(.{13})/gm)].map(([, what = '']) => what.trim());
}

test('once: an analysis runs, is visited, ends, and nothing is left', async () => {
  const { told, ended } = await startDemo('--once');
  expect(await ended()).toEqual({ code: 0, left: [], processes: [] });
  const story = steps(told()).filter((step) => step !== 'starting' && step !== 'ending');
  const beginning = ['PostgreSQL', 'clusters', 'deployers', 'coordinator', 'registered', 'launch'];
  expect(story.slice(0, 6)).toEqual(beginning);
  expect(story.slice(6, 8).toSorted()).toEqual(['applied', 'running']);
  expect(story.slice(8)).toEqual(['recorded', 'visited', 'exit', 'gone', 'visited', 'cleaned up']);
  expect(told()).toContain('jobs: cluster east, 4000 millicores');
  expect(told()).toMatch(/http:\/\/a794df3e8\.localhost:\d+\/ answered 200: jupyter_lab_analysis/);
  expect(told()).not.toContain('\x1b');
}, 120_000);

test('until Ctrl-C: the lines to copy work, two demos do not meet, and nothing is left', async () => {
  const [one, two] = await Promise.all([startDemo(), startDemo()]);
  await Promise.all([one.says('Ctrl-C ends the demo'), two.says('Ctrl-C ends the demo')]);
  const copied = one
    .told()
    .split('\n')
    .map((line) => line.trim());
  const lines = copied.filter((line) => line.startsWith('curl '));
  const [, coordinator = ''] = copied.map((line) => /^export VICE_COORDINATOR=(.+)$/.exec(line)).find((found) => found !== null) ?? [];
  const commands = copied.flatMap((line) => /^dist\/vice (.+)$/.exec(line)?.[1] ?? []);
  const curl = (line: string | undefined) => Bun.spawnSync(['sh', '-c', `${line} --fail --max-time 20`], { cwd: root }).success;
  expect(lines.length).toBeGreaterThan(6);
  for (const line of lines.filter((text) => !/POST|launch/.test(text))) expect({ line, works: curl(line) }).toEqual({ line, works: true });
  expect(commands.length).toBeGreaterThan(2);
  for (const line of commands) {
    expect(await vice(line.split(' '), { env: { VICE_COORDINATOR: coordinator } })).toMatchObject({ code: 0, out: expect.stringMatching(/./) });
  }
  expect(curl(lines.find((line) => line.endsWith('/disable')))).toBe(true);
  expect(curl(lines.find((line) => line.endsWith('/exit')))).toBe(true);
  await one.says('nothing of jupyter_lab_analysis is left on east');
  expect(curl(lines.find((line) => line.endsWith('/vice/launch')))).toBe(true);
  await one.says('jupyter_lab_analysis on west');
  one.demo.kill('SIGINT');
  two.demo.kill('SIGTERM');
  const nothing = { code: 0, left: [], processes: [] };
  expect(await Promise.all([one.ended(), two.ended()])).toEqual([nothing, nothing]);
  expect(two.told()).not.toContain('is left on east');
}, 120_000);

test('interrupted while it starts, it leaves nothing either', async () => {
  const { demo, told, says, ended } = await startDemo();
  await says('PostgreSQL');
  demo.kill('SIGTERM');
  expect(await ended()).toEqual({ code: 130, left: [], processes: [] });
  expect(told()).toContain('interrupted');
}, 120_000);

test('a cluster that does not answer is told, with exit code 1, and nothing is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vice-demo-kubeconfig-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const cluster = { server: 'https://127.0.0.1:9' };
  const context = { cluster: 'dead', user: 'nobody' };
  const config = {
    'current-context': 'dead',
    contexts: [{ name: 'dead', context }],
    clusters: [{ name: 'dead', cluster }],
    users: [{ name: 'nobody', user: {} }],
  };
  await writeFile(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }));
  const { told, ended } = await startDemo('--once', '--kubeconfig', kubeconfig);
  expect(await ended()).toEqual({ code: 1, left: [], processes: [] });
  expect(told()).toMatch(/failed +.*did not answer/);
  await rm(folder, { recursive: true });
}, 120_000);

test('a cluster file that is not there is told as the faulty flag that it is', async () => {
  const { told, ended } = await startDemo('--once', '--kubeconfig', '/nowhere');
  expect(await ended()).toEqual({ code: 2, left: [], processes: [] });
  expect(told()).toContain('--kubeconfig /nowhere cannot be read');
}, 120_000);

test('an unknown flag is refused before anything starts', async () => {
  const { told, ended } = await startDemo('--onec');
  expect(await ended()).toEqual({ code: 2, left: [], processes: [] });
  expect(told()).toBe('');
});
