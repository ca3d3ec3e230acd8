import { expect, test } from 'bun:test';
import { keepLogTail } from './log-tail.ts';

test('only complaints are shown, the last ones, each once and in one line', () => {
  const log = keepLogTail();
  log.write(JSON.stringify({ level: 'info', mode: 'coordinator', message: 'fine' }));
  for (let n = 0; n < 9; n += 1) log.write(JSON.stringify({ level: 'warn', mode: 'deployer', message: `no ${n}` }));
  log.write(JSON.stringify({ level: 'warn', mode: 'deployer', message: 'no 8' }));
  log.write(JSON.stringify({ level: 'error', mode: 'coordinator', message: 'broke', err: { message: 'why' } }));
  expect(log.complaints()).toHaveLength(5);
  expect(log.complaints().at(-2)).toBe('deployer warn: no 8');
  expect(log.complaints().at(-1)).toBe('coordinator error: broke: why');
});
