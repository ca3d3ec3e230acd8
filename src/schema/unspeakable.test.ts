import { expect, test } from 'bun:test';
import { readAnalysis } from './analysis.ts';
import { unspeakable } from './unspeakable.ts';

const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));

test('text that cannot be stored, numbers that are none, and keys are told with their path', () => {
  const document = { a: ['x', '\0'], b: { c: '\ud800', d: Number.POSITIVE_INFINITY }, '\ud800': 1, fine: [1, true, null, 'ü'] };
  expect(unspeakable(document).map(({ path }) => path)).toEqual(['a[1]', 'b.c', 'b.d', '']);
});

test('a document of any depth is told as a fault and does not exhaust the stack', () => {
  expect(unspeakable({ a: deep })).toEqual([{ path: `a${'[0]'.repeat(31)}`, message: 'must not be nested below 32 levels', rule: 'json.depth' }]);
  const { faults } = readAnalysis({ name: deep, description: JSON.parse('{"a":'.repeat(100_000) + 1 + '}'.repeat(100_000)) });
  expect(faults.map(({ path }) => path)).toContain('name');
});

test('a fault of the shape is not told twice', () => {
  const { faults } = readAnalysis({ failure_count: Number.POSITIVE_INFINITY });
  expect(faults.filter(({ path }) => path === 'failure_count')).toHaveLength(1);
});
