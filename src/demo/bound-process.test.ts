import { expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../test/support/wait-for.ts';
import { startBoundProcess } from './bound-process.ts';

const isAlive = (pid: number) => Bun.spawnSync(['kill', '-0', String(pid)]).success;

async function inFolder(check: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vice-bound-'));
  await check(folder);
  await rm(folder, { recursive: true, force: true });
}

test('stop asks the program to end and waits for it', () =>
  inFolder(async (folder) => {
    const logFile = join(folder, 'log');
    const program = 'trap "echo leaving; exit 7" TERM; echo here; while :; do sleep 0.05; done';
    const bound = await startBoundProcess({ command: '/bin/sh', args: ['-c', program], logFile });
    await waitFor(async () => (await readFile(logFile, 'utf8')).includes('here'), { timeoutMs: 60_000, what: 'the program to start' });
    await bound.stop();
    expect(await bound.exited).toBe(7);
    expect(await readFile(logFile, 'utf8')).toBe('here\nleaving\n');
  }));

test('a program that ends by itself tells its exit code, and its folders are removed', () =>
  inFolder(async (folder) => {
    const removed = await mkdtemp(join(folder, 'removed '));
    const options = { command: '/bin/sh', args: ['-c', 'exit 3'], logFile: join(folder, 'log'), removeAtEnd: [removed] };
    const bound = await startBoundProcess(options);
    expect(await bound.exited).toBe(3);
    expect(bound.isRunning()).toBe(false);
    expect(existsSync(removed)).toBe(false);
  }));

test('a program ends although the process that started it was killed', () =>
  inFolder(async (folder) => {
    const script = `
      import { startBoundProcess } from ${JSON.stringify(join(import.meta.dir, 'bound-process.ts'))};
      const bound = await startBoundProcess({ command: 'sleep', args: ['600'], logFile: ${JSON.stringify(join(folder, 'log'))} });
      console.log(bound.pid);
      await bound.exited;
    `;
    const parent = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' });
    const { value } = await parent.stdout.getReader().read();
    const pid = Number(new TextDecoder().decode(value));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await waitFor(() => !isAlive(pid), { timeoutMs: 60_000, what: 'the program to end' });
  }));
