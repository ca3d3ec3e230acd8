import { expect, test } from 'bun:test';
import { OverloadedError } from '../errors/errors.ts';
import { Admission } from './admission.ts';

test('what is too many is refused before it begins, with a time to come again, and whatever ends makes room', async () => {
  const admission = new Admission(2, (inHand) => `${inHand} already`);
  const { promise: held, reject } = Promise.withResolvers<never>();
  const { promise: other, resolve } = Promise.withResolvers<string>();
  const running = [admission.run(() => held), admission.run(() => other)] as const;
  let hasBegun = false;
  const refusal = await admission
    .run(async () => {
      hasBegun = true;
    })
    .catch((err: unknown) => err);
  expect(refusal).toBeInstanceOf(OverloadedError);
  expect(refusal).toMatchObject({ message: '2 already', code: 'overloaded', status: 429, retryable: true, retryAfterSeconds: 1 });
  expect(hasBegun).toBe(false);

  reject(new Error('failed'));
  await expect(running[0]).rejects.toThrow('failed');
  expect(await admission.run(async () => 'room')).toBe('room');
  resolve('done');
  expect(await running[1]).toBe('done');
});

test('a place that is given back twice is one place', async () => {
  const admission = new Admission(1, () => 'full');
  const leave = admission.enter();
  leave();
  leave();
  admission.enter();
  expect(() => admission.enter()).toThrow('full');
});
