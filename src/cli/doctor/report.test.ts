import { expect, test } from 'bun:test';
import { report } from './report.ts';

test('what is wrong is told on lines of 80 columns, with what to do, and counted', () => {
  const text = report(
    [
      { check: 'database', outcome: 'ok', says: 'PostgreSQL 18.4 answers de in 2 ms' },
      {
        check: 'LISTEN/NOTIFY',
        outcome: 'warning',
        says: 'nothing was heard within 3 s',
        todo: 'give db.listen_uri a direct connection, past any pooler; until then changes of clusters come by the timer',
      },
      { check: 'cluster west', outcome: 'wrong', says: 'unreachable: no\u001b[2J sign of life', todo: 'see that its deployer runs' },
    ],
    { isColored: false },
  );
  expect(text).toBe(
    [
      'ok       database       PostgreSQL 18.4 answers de in 2 ms',
      'warning  LISTEN/NOTIFY  nothing was heard within 3 s',
      '                        -> give db.listen_uri a direct connection, past any',
      '                        pooler; until then changes of clusters come by the timer',
      'wrong    cluster west   unreachable: no\\u001b[2J sign of life',
      '                        -> see that its deployer runs',
      '',
      '1 wrong, 1 warning',
      '',
    ].join('\n'),
  );
  expect(report([{ check: 'a', outcome: 'note', says: 'b' }], { isColored: false })).toEndWith('\nnothing is wrong\n');
});
