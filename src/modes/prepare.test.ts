import { expect, test } from 'bun:test';
import { capturedLog } from '../../test/support/captured-log.ts';
import { prepareInBackground } from './prepare.ts';

test('work that comes early is done once all is prepared', async () => {
  const ready = Promise.withResolvers<void>();
  const start = prepareInBackground(() => ready.promise, capturedLog().log);
  const early = start.once(() => Promise.resolve(start.isPrepared));
  expect(start.isPrepared).toBe(false);
  ready.resolve();
  expect(await early).toBe(true);
  await start.stop();
});

test('a preparation that fails is tried again, and its work waits', async () => {
  let times = 0;
  const { log, lines } = capturedLog();
  const prepare = () => {
    times += 1;
    return times < 2 ? Promise.reject(new Error('not yet')) : Promise.resolve();
  };
  const start = prepareInBackground(prepare, log);
  expect(await start.once(() => Promise.resolve('done'))).toBe('done');
  expect(times).toBe(2);
  expect(lines[0]).toMatchObject({ level: 'error', worker: 'preparation' });
});

test('stopping does not wait for a preparation that never succeeds', async () => {
  const start = prepareInBackground(() => Promise.reject(new Error('never')), capturedLog().log);
  await start.stop();
  expect(start.isPrepared).toBe(false);
});
