import { expect, test } from 'bun:test';
import type { ExternalId } from '../schema/ids.ts';
import type { Deployer, Observed } from './ports.ts';
import { remove } from './remove.ts';

const external_id = 'a1' as ExternalId; // a DNS label, which is all that the brand promises
const lease = { external_id, attempt: 3 };
const at = (phase: Observed['phase']): Observed => ({ external_id, phase, attempt: 2, spec_hash: 'abc' });
const signal = new AbortController().signal;

/** Removals say whether all is gone, and each status is the next; the last of each stays. */
async function run(fence: boolean, removals: boolean[], statuses: (Observed | undefined)[], waitMs = 5_000) {
  const calls: string[] = [];
  const deployer: Deployer = {
    apply: () => Promise.reject(new Error('nothing is applied here')),
    status: () => {
      calls.push('status');
      return Promise.resolve(statuses.length > 1 ? statuses.shift() : statuses[0]);
    },
    remove: () => {
      calls.push('remove');
      return Promise.resolve({ external_id, left: [], gone: (removals.length > 1 ? removals.shift() : removals[0]) ?? true });
    },
  };
  return { isGone: await remove(deployer, lease, fence, performance.now() + waitMs, signal), calls };
}

test('what is gone at once is asked for once', async () => {
  expect(await run(false, [true], [])).toEqual({ isGone: true, calls: ['remove'] });
});

test('what ends slowly is watched, not asked for again', async () => {
  const { isGone, calls } = await run(false, [false], [at('terminating'), at('terminating'), undefined]);
  expect({ isGone, calls }).toEqual({ isGone: true, calls: ['remove', 'status', 'status', 'status'] });
});

test('a fence is asked for again when all is gone, because only then it can stand', async () => {
  const { isGone, calls } = await run(true, [false, true], [at('terminating'), undefined]);
  expect({ isGone, calls }).toEqual({ isGone: true, calls: ['remove', 'status', 'status', 'remove'] });
});

test('what came to life while it was removed is removed again', async () => {
  const { isGone, calls } = await run(true, [false, true], [at('pending')]);
  expect({ isGone, calls }).toEqual({ isGone: true, calls: ['remove', 'status', 'remove'] });
});

test('what ends nobody knows when is asked for again after two seconds of watching', async () => {
  const { isGone, calls } = await run(false, [false, true], [at('terminating')]);
  expect(isGone).toBe(true);
  expect(calls.filter((call) => call === 'remove')).toHaveLength(2);
});

test('what does not end in time is not gone', async () => {
  expect((await run(false, [false], [at('terminating')], 60)).isGone).toBe(false);
  expect((await run(true, [false], [at('pending')], 60)).isGone).toBe(false);
});
