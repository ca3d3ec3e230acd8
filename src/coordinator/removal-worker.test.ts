import { expect, test } from 'bun:test';
import { pino } from 'pino';
import type { ClusterId, ExternalId } from '../schema/ids.ts';
import { PATIENCE } from './patience.ts';
import type { Deployer, Removal } from './ports.ts';
import { RemovalWorker } from './removal-worker.ts';

const signal = new AbortController().signal;

/** A queue of so many removals, and a deployer that ends each when it is told to. */
function ground(count: number) {
  const due = Array.from({ length: count }, (_, n): Removal => {
    const external_id = `a${n}` as ExternalId; // a DNS label, which is all that the brand promises
    return { lease: { external_id, attempt: 1 }, cluster_id: 'c' as ClusterId, fence: false, tries: 0 };
  });
  const asked: (() => void)[] = [];
  const removed = new Set<ExternalId>();
  const deployer: Deployer = {
    apply: () => Promise.reject(new Error('nothing is applied here')),
    status: () => Promise.resolve(undefined),
    remove: ({ external_id }) => new Promise((resolve) => asked.push(() => resolve({ external_id, gone: true, left: [] }))),
  };
  const worker = new RemovalWorker({
    store: {
      claimRemovals: (limit) => Promise.resolve(due.splice(0, limit)),
      markRemoved: ({ external_id }) => Promise.resolve(Boolean(removed.add(external_id))),
      postponeRemoval: () => Promise.resolve(true),
    },
    leases: { hold: () => ({ release: () => undefined, settle: () => undefined }) },
    clusters: { rank: () => Promise.reject(new Error('nothing is placed here')), placed: () => undefined, deployerOf: () => deployer },
    patience: PATIENCE,
    log: pino({ level: 'silent' }),
  });
  return { worker, asked, removed };
}

/** Until nothing that can go on without an answer of the deployer has anything left to do. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('sixty-four at once, and the next one as soon as one of them has ended', async () => {
  const { worker, asked } = ground(70);
  void worker.startDue(signal);
  await settled();
  expect(asked).toHaveLength(64);
  asked[10]?.();
  await settled();
  expect(asked).toHaveLength(65);
});

test('it started all that is due when it resolves, and has not waited for the last ones', async () => {
  const { worker, asked, removed } = ground(70);
  const started = worker.startDue(signal);
  await settled();
  for (const end of asked.slice(0, 10)) end();
  await started;
  await settled();
  expect([asked.length, removed.size]).toEqual([70, 10]);
  for (const end of asked) end();
  await worker.idle();
  expect(removed.size).toBe(70);
});

test('one that is told to end claims nothing more', async () => {
  const { worker, asked } = ground(70);
  const ending = new AbortController();
  const started = worker.startDue(ending.signal);
  await settled();
  ending.abort();
  for (const end of asked) end();
  await started;
  expect(asked).toHaveLength(64);
});
