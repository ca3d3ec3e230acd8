import { expect, test } from 'bun:test';
import type { ExternalId } from '../schema/ids.ts';
import { LeaseKeeper } from './lease-keeper.ts';

const signal = new AbortController().signal;
const [one, two] = ['one', 'two'] as ExternalId[] as [ExternalId, ExternalId]; // two DNS labels, which is all that the brand promises

function keeper() {
  const written: string[] = [];
  const store = {
    heartbeat: async (ids: readonly ExternalId[]) => void written.push(`heartbeat ${ids.join(' ')}`),
    settle: async (ids: readonly ExternalId[]) => void written.push(`settle ${ids.join(' ')}`),
    endAbandoned: () => Promise.reject(new Error('not asked here')),
  };
  return { leases: new LeaseKeeper(store), written };
}

test('nothing is written while nothing is held', async () => {
  const { leases, written } = keeper();
  await leases.beat(signal);
  expect(written).toEqual([]);
});

test('all that is held is renewed with one write, until it is released', async () => {
  const { leases, written } = keeper();
  const hold = leases.hold(one);
  leases.hold(two);
  await leases.beat(signal);
  hold.release();
  await leases.beat(signal);
  expect(written).toEqual(['heartbeat one two', 'heartbeat two']);
});

test('what is settled is given up once, at the next beat', async () => {
  const { leases, written } = keeper();
  leases.hold(one).settle();
  await leases.beat(signal);
  await leases.beat(signal);
  expect(written).toEqual(['settle one']);
});

test('a launch that ends late does not let go of the next launch of the same analysis', async () => {
  const { leases, written } = keeper();
  const lost = leases.hold(one);
  leases.hold(one);
  lost.release();
  await leases.beat(signal);
  expect(written).toEqual(['heartbeat one']);
});

test('what was released cannot be settled afterwards', async () => {
  const { leases, written } = keeper();
  const hold = leases.hold(one);
  hold.release();
  hold.settle();
  await leases.beat(signal);
  expect(written).toEqual([]);
});
