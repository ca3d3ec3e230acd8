import { describe, expect, test } from 'bun:test';
import { Slots } from './slots.ts';

const never = new AbortController().signal;

test('who comes first goes first', async () => {
  const slots = new Slots(1);
  const order: number[] = [];
  const first = Promise.withResolvers<void>();
  const all = [0, 1, 2].map((n) =>
    slots.run(async () => {
      order.push(n);
      if (n === 0) await first.promise;
    }, never),
  );
  first.resolve();
  await Promise.all(all);
  expect(order).toEqual([0, 1, 2]);
});

test('who stops waiting gives the place up and takes none', async () => {
  const slots = new Slots(1);
  const first = Promise.withResolvers<void>();
  const running = slots.run(() => first.promise, never);
  const leaving = new AbortController();
  const left = slots.run(() => Promise.reject(new Error('must not run')), leaving.signal);
  const next = slots.run(() => Promise.resolve('next'), never);
  leaving.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  first.resolve();
  await running;
  expect(await next).toBe('next');
});

test('work that fails gives its place back', async () => {
  const slots = new Slots(1);
  await expect(slots.run(() => Promise.reject(new Error('broken')), never)).rejects.toThrow('broken');
  expect(await slots.run(() => Promise.resolve('fine'), never)).toBe('fine');
});

describe('work that may hang', () => {
  const tenure = { idleMs: 20, mostMs: 60_000, lost: () => {} };

  test('loses its place, goes on beside the next, and does not give the place back twice', async () => {
    const slots = new Slots(1);
    const first = Promise.withResolvers<string>();
    const lost = Promise.withResolvers<void>();
    const hanging = slots.runFor({ ...tenure, lost: lost.resolve }, () => first.promise, never);
    const second = Promise.withResolvers<void>();
    const order: string[] = [];
    const next = slots.run(() => second.promise.then(() => void order.push('second')), never);
    await lost.promise;
    first.resolve('late');
    expect(await hanging).toBe('late');
    const third = slots.run(async () => void order.push('third'), never);
    second.resolve();
    await Promise.all([next, third]);
    expect(order).toEqual(['second', 'third']);
  });

  test('keeps its place while it goes on, and no longer than it may', async () => {
    const slots = new Slots(1);
    const lost = Promise.withResolvers<void>();
    const started = performance.now();
    const going = new AbortController();
    const endless = slots.runFor(
      { idleMs: 100, mostMs: 300, lost: lost.resolve },
      (goesOn) => {
        const saying = setInterval(goesOn, 5);
        return new Promise<void>((resolve) =>
          going.signal.addEventListener('abort', () => {
            clearInterval(saying);
            resolve();
          }),
        );
      },
      never,
    );
    await lost.promise;
    expect(performance.now() - started).toBeGreaterThanOrEqual(300);
    expect(await slots.run(() => Promise.resolve('next'), never)).toBe('next');
    going.abort();
    await endless;
  });
});
