import { expect, test } from 'bun:test';
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
