import { expect, test } from 'bun:test';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const root = join(import.meta.dir, '../..');
const linesOf = (path: string) => readFileSync(join(root, path), 'utf8').split('\n');

/** What the stage of the Dockerfile that builds is given, each with the folder or the name that it has there. */
function copied(): readonly (readonly [from: string, to: string])[] {
  const lines = linesOf('Dockerfile');
  const copies = lines.slice(0, lines.indexOf('RUN npm run build')).flatMap((line) => /^COPY (.+)$/.exec(line)?.[1] ?? []);
  return copies.flatMap((copy) => {
    const words = copy.split(' ');
    const to = words.at(-1) ?? '';
    return words.slice(0, -1).map((from) => [from, to.endsWith('/') ? join(to, basename(from)) : to] as const);
  });
}

test('an image is built of what the Dockerfile copies, and no more is needed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vice-image-'));
  try {
    const allowed = linesOf('.dockerignore').flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    for (const [from, to] of copied()) {
      expect([from, allowed.some((path) => from === path || from.startsWith(`${path}/`))]).toEqual([from, true]);
      cpSync(join(root, from), join(folder, to), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const { exitCode, stderr } = Bun.spawnSync([process.execPath, 'build', '--target=bun', '--outdir=out', 'src/main.ts'], { cwd: folder });
    expect([stderr.toString(), exitCode]).toEqual(['', 0]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
