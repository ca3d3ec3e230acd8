import { expect, test } from 'bun:test';
import type { SuiteReport } from '../../conformance/run-suite.ts';
import { tableOf } from './table.ts';

const report: SuiteReport = {
  url: 'https://deployer.example.org',
  started_at: '2026-03-01T12:00:00.000Z',
  duration_ms: 12_345,
  verdict: 'breach',
  cases: [
    { group: 'applying', name: 'one', verdict: 'holds', duration_ms: 149 },
    { group: 'applying', name: 'two', verdict: 'breach', duration_ms: 1_000, detail: 'expected 409, got "\u001b[2J\r\n"' },
    { group: 'looking', name: 'three', verdict: 'failed', duration_ms: 10, detail: 'get /api/v1/nodes: forbidden' },
    { group: 'looking', name: 'four', verdict: 'not_run', duration_ms: 0, detail: 'needs --exclusive' },
  ],
  left: ['conformance-1-2'],
};

test('each case stands below its group with its verdict and its time, and below it what was expected and seen', () => {
  expect(tableOf(report, Number.POSITIVE_INFINITY).split('\n')).toEqual([
    'applying',
    '  holds    0.1 s    one',
    '  BREACH   1.0 s    two',
    '                      expected 409, got "\\u001b[2J\\u000d\\u000a"',
    '',
    'looking',
    '  FAILED   0.0 s    three',
    '                      get /api/v1/nodes: forbidden',
    '  not run           four',
    '                      needs --exclusive',
    '',
    'Not removed, and left in the cluster:',
    '  conformance-1-2',
    '',
    '1 hold, 1 breached, 1 failed, 1 not run; 12.3 s; https://deployer.example.org',
    '',
  ]);
});

test('a terminal is not written over its edge', () => {
  const name = 'what no later program can hold is 400, and nothing is written, and nothing of it stays';
  const cases = [
    { group: 'refusing', name, verdict: 'holds', duration_ms: 1, detail: 'as far as the API tells: the cluster was not looked at' },
  ] as const;
  expect(
    tableOf({ ...report, cases }, 80)
      .split('\n')
      .slice(0, 5),
  ).toEqual([
    'refusing',
    '  holds    0.0 s    what no later program can hold is 400, and nothing is',
    '                    written, and nothing of it stays',
    '                      as far as the API tells: the cluster was not looked at',
    '',
  ]);
});

test('a run that was broken off says so', () => {
  expect(tableOf({ ...report, verdict: 'interrupted' }, 80)).toContain('1 not run, broken off; 12.3 s');
});
