import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCases } from './all.ts';

test('every promise is named once, so that a verdict is of one case', () => {
  const names = allCases.map(({ group, name }) => `${group}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
});

test('the page on the suite names every group', () => {
  const page = readFileSync(join(import.meta.dir, '../../../docs/reference/conformance.md'), 'utf8');
  for (const { group } of allCases) expect(page).toContain(`\`${group}\``);
});
