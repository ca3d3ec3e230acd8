import { expect, test } from 'bun:test';
import { selfDescription } from './self-description.ts';

const asked = Date.parse('2026-01-02T03:04:05.000Z');
const saying = (now: string, version: unknown = '0.1.0 (1a2b3c4)') => selfDescription(JSON.stringify({ version, now }), asked, asked + 400);
const skewOf = (now: string) => saying(now).deployer?.clock_skew_ms;

test('a clock that was read within the request is right, however long the request took', () => {
  expect(saying('2026-01-02T03:04:05.399Z')).toEqual({ deployer: { version: '0.1.0 (1a2b3c4)', clock_skew_ms: 0 } });
});

test('what no delay explains is skew, and its sign says whose clock is ahead', () => {
  expect(skewOf('2026-01-02T03:04:15.400Z')).toBe(10_000);
  expect(skewOf('2026-01-02T03:03:55.000Z')).toBe(-10_000);
});

test('a deployer that says nothing of the kind, or nonsense, says nothing', () => {
  expect(saying('yesterday')).toEqual({});
  expect(saying('2026-01-02T03:04:05Z', 'x'.repeat(101))).toEqual({});
  for (const text of ['', 'OK', '[]', '{"status":"healthy"}']) expect(selfDescription(text, asked, asked)).toEqual({});
});
