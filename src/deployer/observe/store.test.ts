import { expect, test } from 'bun:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ExternalId } from '../../schema/ids.ts';
import type { Facts } from './facts.ts';
import { AnalysisStore } from './store.ts';

const id = 'd5b1a8f0-3f5e-4f4a-9a55-6f3f1f6d2c10' as ExternalId;

const other = '0e0b3c1e-8a4b-4a41-9a2f-3d3b5b6f7a10' as ExternalId;

function service(version: number, isTerminating = false, of = id): Facts {
  return { kind: 'Service', name: `vice-${of}`, external_id: of, uid: of, version, isTerminating, createdAt: 0 };
}

function openStore(): AnalysisStore {
  const store = new AnalysisStore(() => new Date(0));
  store.open();
  return store;
}

test('who listens hears once of all that came in together', async () => {
  const store = openStore();
  let heard = 0;
  store.onEvent(() => {
    heard += 1;
  });
  for (let version = 1; version <= 20; version += 1) store.put(service(version));
  expect(heard).toBe(0);
  await turn();
  expect(heard).toBe(1);
  store.drop(id, id);
  await turn();
  expect(heard).toBe(2);
});

test('a change that nobody saw and that is undone is none, and every other is told with the first look', () => {
  const store = openStore();
  store.put(service(1));
  const before = store.change;
  store.put(service(2, true));
  store.put(service(3));
  expect(store.change).toBe(before);
  store.put(service(4, true));
  expect(store.since(before)).toEqual({ changed: [id], removed: [] });
  store.drop(id, id);
  expect(store.since(before)).toEqual({ changed: [], removed: [id] });
});

test('the number of an analysis is that of the last change of its status', () => {
  const store = openStore();
  store.put(service(1));
  const change = store.changeOf(id);
  store.put(service(2, false, other));
  expect(store.changeOf(id)).toBe(change);
  expect(store.changeOf(other)).toBe(store.change);
  expect(store.change).toBeGreaterThan(change);
});
