import { describe, expect, test } from 'bun:test';
import { check } from './check.ts';
import { isLabelValue, Rfc3339 } from './text.ts';

const isDate = (text: string) => check(Rfc3339, text).ok;

describe('RFC 3339 dates', () => {
  test.each([
    '2026-01-08T21:18:29Z',
    '2026-01-21T17:03:22.5-07:00',
    '2024-02-29T00:00:00.000000001+23:59',
    '2000-02-29T12:00:00Z',
    '2016-12-31T23:59:60Z',
    '2026-01-08t21:18:29z',
    '0001-01-01T00:00:00Z',
  ])('%s is one', (text) => {
    expect(isDate(text)).toBe(true);
  });

  test.each([
    '',
    '2026-01-08',
    '2026-01-08T21:18:29',
    '2026-01-08 21:18:29Z',
    '2026-01-08T21:18Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-08T24:00:00Z',
    '2026-01-08T21:60:00Z',
    '2026-01-08T21:18:61Z',
    '2026-01-08T21:18:29.Z',
    '2026-01-08T21:18:29+2400',
    '2026-01-08T21:18:29+24:00',
    '26-01-08T21:18:29Z',
    'Thu, 08 Jan 2026 21:18:29 GMT',
    '1767907109',
    ' 2026-01-08T21:18:29Z',
    '2026-01-08T21:18:29Z\n',
  ])('%p is none', (text) => {
    expect(isDate(text)).toBe(false);
  });
});

test.each([
  ['', true],
  ['a', true],
  ['A.b_c-9', true],
  ['x'.repeat(63), true],
  ['x'.repeat(64), false],
  ['-a', false],
  ['a_', false],
  ['a b', false],
  ['2001:db8::1', false],
  ['a\n', false],
])('%p as the value of a label: %p', (text, expected) => {
  expect(isLabelValue(text)).toBe(expected);
});
