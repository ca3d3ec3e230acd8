import { expect, test } from 'bun:test';
import { capturedLog } from '../../test/support/captured-log.ts';
import { repeat } from './repeat.ts';

const never = 1_000_000;

/** Work that the test ends, and that it can wait for the begin of. */
function stepped() {
  const begun: PromiseWithResolvers<void>[] = [Promise.withResolvers()];
  const ends: PromiseWithResolvers<void>[] = [];
  const slot = (n: number) => {
    begun[n] ??= Promise.withResolvers();
    return begun[n];
  };
  return {
    work: () => {
      const end = Promise.withResolvers<void>();
      slot(ends.push(end) - 1).resolve();
      return end.promise;
    },
    begins: (n: number) => slot(n).promise,
    end: (n: number, err?: Error) => (err ? ends[n]?.reject(err) : ends[n]?.resolve()),
    get times() {
      return ends.length;
    },
  };
}

test('work is woken out of its pause', async () => {
  const steps = stepped();
  const repeated = repeat('test', never, steps.work, capturedLog().log);
  await steps.begins(0);
  steps.end(0);
  await new Promise(setImmediate); // by now it pauses
  repeated.wake();
  await steps.begins(1);
  steps.end(1);
  await repeated.stop();
});

test('a wake during the work makes it run once more, and not beside itself', async () => {
  const steps = stepped();
  const repeated = repeat('test', never, steps.work, capturedLog().log);
  await steps.begins(0);
  repeated.wake();
  repeated.wake();
  expect(steps.times).toBe(1);
  steps.end(0);
  await steps.begins(1);
  steps.end(1);
  await repeated.stop();
  expect(steps.times).toBe(2);
});

test('work that fails goes on, and is told once until it works again', async () => {
  const { log, lines } = capturedLog();
  let times = 0;
  const enough = Promise.withResolvers<void>();
  const work = async () => {
    times += 1;
    if (times === 6) enough.resolve();
    if (times !== 4) throw new Error('away');
  };
  const repeated = repeat('test', 0, work, log);
  await enough.promise;
  await repeated.stop();
  const told = lines.slice(0, 3).map((line) => line['message']);
  expect(told).toEqual([
    'a background worker failed; it goes on trying',
    'a background worker works again',
    'a background worker failed; it goes on trying',
  ]);
});

test('stopping aborts the signal of the work and waits for its end', async () => {
  let isEnded = false;
  const begun = Promise.withResolvers<void>();
  const work = async (signal: AbortSignal) => {
    begun.resolve();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    isEnded = true;
  };
  const repeated = repeat('test', never, work, capturedLog().log);
  await begun.promise;
  await repeated.stop();
  expect(isEnded).toBe(true);
});
