import { expect, test } from 'bun:test';
import { span } from './moments.ts';
import { record, table } from './table.ts';

const rows = [
  { name: 'east', priority: 10, url: 'https://deployer.east.example.org:8443/with/a/path/that/is/longer/than/a/terminal' },
  { name: 'a-cluster-with-a-long-name', priority: 1_000, url: 'http://vice-deployer' },
];
const columns = [
  { header: 'NAME', of: (row: (typeof rows)[number]) => row.name, tone: () => 'good' as const },
  { header: 'PRIORITY', of: (row: (typeof rows)[number]) => row.priority },
  { header: 'DEPLOYER', of: (row: (typeof rows)[number]) => row.url, isLong: true },
];

test('a table is as wide as the terminal at most, numbers stand to the right, and no line ends in blanks', () => {
  const text = table(rows, columns, { width: 80, isColored: false });
  expect(text).toBe(
    [
      'NAME                        PRIORITY  DEPLOYER',
      'east                              10  https://deployer.east.example.org:8443/wi…',
      'a-cluster-with-a-long-name      1000  http://vice-deployer',
      '',
    ].join('\n'),
  );
});

test('a pipe gets every letter, and colours only a terminal that has them', () => {
  const piped = table(rows, columns, { width: Number.POSITIVE_INFINITY, isColored: false });
  expect(piped).toContain(rows[0]?.url ?? '?');
  expect(piped).not.toContain('\u001b');
  const colored = table(rows, columns, { width: 80, isColored: true });
  expect(colored).toContain('\u001b[32meast\u001b[39m');
  expect(Bun.stripANSI(colored)).toBe(table(rows, columns, { width: 80, isColored: false }));
});

test('what a terminal would obey does not reach it', () => {
  const hostile = [{ name: 'a\u001b[2Jb\r\nc\u009b', priority: 1, url: '' }];
  expect(table(hostile, columns, { width: 80, isColored: false }).split('\n')[1]).toBe('a\\u001b[2Jb\\u000d\\u000ac\\u009b         1');
  expect(record([['name', 'a\u001b[2J']])).toBe('name  a\\u001b[2J\n');
});

test('a record leaves out what has no value', () => {
  expect(
    record([
      ['name', 'east'],
      ['reason', undefined],
      ['priority', 10],
    ]),
  ).toBe('name      east\npriority  10\n');
});

test.each([
  [-5_000, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [3 * 3_600_000, '3h'],
  [50 * 3_600_000, '2d'],
])('%d ms are %s', (ms, text) => expect(span(ms)).toBe(text));
