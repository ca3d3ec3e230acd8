import { join } from 'node:path';

const root = join(import.meta.dir, '../..');

/** Path of the one binary, built anew when a source is newer. */
export async function builtBinary(): Promise<string> {
  const build = Bun.spawn([process.execPath, join(root, '.ci/build.ts'), '--if-stale'], { stdout: 'ignore', stderr: 'inherit' });
  if ((await build.exited) !== 0) throw new Error('the binary could not be built');
  return join(root, 'dist/vice');
}
