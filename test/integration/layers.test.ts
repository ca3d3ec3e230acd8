import { expect, test } from 'bun:test';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkLayers } from '../../.ci/layers.ts';

/** The breaches in a repository of these files. */
async function breachesIn(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const root = await mkdtemp(join(tmpdir(), 'vice-layers-'));
  await mkdir(join(root, 'src'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, 'src', path)), { recursive: true });
    await writeFile(join(root, 'src', path), text);
  }
  const { breaches } = await checkLayers(root);
  await rm(root, { recursive: true });
  return breaches;
}

const value = 'export const value = 1;\n';

test('imports down are fine', async () => {
  const files = {
    'schema/a.ts': value,
    'quota/b.ts': "export { value } from '../schema/a.ts';\n",
    'modes/c.ts': "export { value } from '../quota/b.ts';\n",
  };
  expect(await breachesIn(files)).toEqual([]);
});

test('every import up, aside, or around is found, of types too', async () => {
  const breaches = {
    'pure folder to adapter': { 'adapters/log/a.ts': value, 'quota/b.ts': "export { value } from '../adapters/log/a.ts';\n" },
    'pure folder to the type of a use case': {
      'deployer/a.ts': 'export type A = 1;\n',
      'quota/b.ts': "export type { A } from '../deployer/a.ts';\n",
    },
    'pure folder to the file system': { 'spec-builder/a.ts': "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n" },
    'use case to its neighbour': { 'deployer/a.ts': value, 'coordinator/b.ts': "export { value } from '../deployer/a.ts';\n" },
    'http to adapter': { 'adapters/log/a.ts': value, 'http/plumbing/b.ts': "export { value } from '../../adapters/log/a.ts';\n" },
    'adapter to adapter': { 'adapters/log/a.ts': value, 'adapters/postgres/b.ts': "export { value } from '../log/a.ts';\n" },
    'production to demo': { 'demo/a.ts': value, 'modes/coordinator.ts': "export { value } from '../demo/a.ts';\n" },
    'source to test': { 'schema/a.test.ts': value, 'schema/b.ts': "export { value } from './a.test.ts';\n" },
    'to nothing': { 'schema/b.ts': "export { value } from './a.ts';\n" },
    cycle: {
      'schema/a.ts': "import { b } from './b.ts';\nexport const a = () => b;\n",
      'schema/b.ts': "import { a } from './a.ts';\nexport const b = () => a;\n",
    },
  };
  for (const [breach, files] of Object.entries(breaches)) expect([breach, (await breachesIn(files)).length]).not.toEqual([breach, 0]);
}, 120_000);

test('a checker that reads nothing finds that wrong', async () => {
  expect(await breachesIn({})).toEqual(['no module was read']);
});
