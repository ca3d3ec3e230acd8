import { expect, test } from 'bun:test';
import { LastLines } from './last-lines.ts';

test('what has room is kept whole', () => {
  const lines = new LastLines(100);
  for (const line of ['a', '', 'b']) lines.push(line);
  expect([lines.lines, lines.isTruncated]).toEqual([['a', '', 'b'], false]);
});

test('of more than there is room for the newest lines are kept, counted as JSON in UTF-8', () => {
  const lines = new LastLines(10);
  lines.push('old');
  lines.push('é"');
  lines.push('b');
  // `"é\"",` is 7 bytes and `"b",` 4: together one too many.
  expect([lines.lines, lines.isTruncated]).toEqual([['b'], true]);
});

test('a line that has no room at all is left out', () => {
  const lines = new LastLines(10);
  lines.push('a line of more than ten bytes');
  expect([lines.lines, lines.isTruncated]).toEqual([[], true]);
});

test('however long a log is, the answer is its end and within its bound', () => {
  const lines = new LastLines(64 * 1024);
  for (let n = 0; n < 100_000; n += 1) lines.push(`line ${n}`);
  const kept = lines.lines;
  expect(JSON.stringify(kept).length).toBeLessThanOrEqual(64 * 1024 + 1);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, n) => `line ${100_000 - kept.length + n}`));
  expect(kept.length).toBeGreaterThan(4_000);
});
