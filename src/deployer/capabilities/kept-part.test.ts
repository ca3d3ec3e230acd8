import { expect, test } from 'bun:test';
import type { KubeObject } from '../ports.ts';
import { partsOf } from './inventory.ts';
import { KeptPart } from './kept-part.ts';

const driver = (uid: string): KubeObject => ({ metadata: { name: `driver-${uid}`, uid } });
const kept = () => new KeptPart(partsOf('analysis').csi_drivers, () => new Date(1_000));

function listed(part: ReturnType<typeof kept>, ...uids: string[]): void {
  const listing = part.relist();
  for (const uid of uids) listing.page([driver(uid)]);
  listing.complete('1');
}

test('before the first list nothing is said, rather than that there is nothing', () => {
  const part = kept();
  part.relist().page([driver('a')]);
  expect(() => part.values()).toThrow('CSIDriver was not listed yet');
});

test('a list takes the place of what was known, and events change it', () => {
  const part = kept();
  listed(part, 'a', 'b');
  listed(part, 'b', 'c');
  part.changed(driver('d'));
  part.gone(driver('c'));
  expect(part.values()).toEqual(['driver-b', 'driver-d']);
  expect(part.aliveAt).toBe(1_000);
});

test('a list that breaks off changes nothing', () => {
  const part = kept();
  listed(part, 'a');
  part.relist().page([driver('b')]);
  expect(part.values()).toEqual(['driver-a']);
});

test('what may not be looked at is unknown, until it may', () => {
  const part = kept();
  part.denied();
  expect(part.values()).toBeUndefined();
  listed(part, 'a');
  expect(part.values()).toEqual(['driver-a']);
});
