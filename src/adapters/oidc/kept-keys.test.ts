import { beforeEach, describe, expect, test } from 'bun:test';
import { createLocalJWKSet } from 'jose';
import { UnavailableError } from '../../errors/errors.ts';
import type { KeySet } from './issuer.ts';
import { type KeptKeys, keptKeys } from './kept-keys.ts';

const MINUTE = 60_000;
let time: number;
let reads: PromiseWithResolvers<KeySet>[];
let kept: KeptKeys;
beforeEach(() => {
  time = 1_000_000;
  reads = [];
  const read = () => {
    const next = Promise.withResolvers<KeySet>();
    reads.push(next);
    return next.promise;
  };
  kept = keptKeys({ read, now: () => time });
});

const set = () => createLocalJWKSet({ keys: [] });
const away = new UnavailableError('away');

/** What was read is noted a few turns after it came. */
const noted = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The first keys, read at the present moment. */
async function begun(): Promise<KeySet> {
  const first = kept.current();
  const keys = set();
  reads[0]?.resolve(keys);
  expect(await first).toBe(keys);
  return keys;
}

test('many who need the first keys wait for one reading', async () => {
  const all = Array.from({ length: 50 }, () => kept.current());
  reads[0]?.resolve(set());
  expect(new Set(await Promise.all(all)).size).toBe(1);
  expect(reads).toHaveLength(1);
});

describe('keys that are not fresh any more', () => {
  test('are used while newer ones are read, and these afterwards', async () => {
    const old = await begun();
    time += 5 * MINUTE + 1;
    expect([await kept.current(), await kept.current()]).toEqual([old, old]);
    expect(reads).toHaveLength(2);
    const fresh = set();
    reads[1]?.resolve(fresh);
    await noted();
    expect(await kept.current()).toBe(fresh);
  });

  test('are not used after ten minutes, also where nobody has asked meanwhile, when the issuer answers', async () => {
    await begun();
    time += 10 * MINUTE + 1;
    const asked = kept.current();
    const fresh = set();
    reads[1]?.resolve(fresh);
    expect(await asked).toBe(fresh);
  });

  test('are good for an hour while the issuer is away, and not for longer', async () => {
    const old = await begun();
    for (let minute = 6; minute <= 60; minute += 9) {
      time = 1_000_000 + minute * MINUTE;
      const asked = kept.current();
      reads.at(-1)?.reject(away);
      expect(await asked).toBe(old);
      await noted();
    }
    time = 1_000_000 + 60 * MINUTE + 1;
    const late = kept.current();
    reads.at(-1)?.reject(away);
    await expect(late).rejects.toBe(away);
  });
});

test('an issuer that is away is not asked again at once, and answers for everybody who asks meanwhile', async () => {
  const first = kept.current();
  reads[0]?.reject(new TypeError('a fault of ours'));
  await expect(first).rejects.toBeInstanceOf(UnavailableError);
  await first.catch(() => undefined);
  for (let n = 0; n < 20; n++) await expect(kept.current()).rejects.toBeInstanceOf(UnavailableError);
  expect(reads).toHaveLength(1);
  time += 10_000;
  const second = kept.current();
  const keys = set();
  reads[1]?.resolve(keys);
  expect(await second).toBe(keys);
});

describe('a token whose key is not known', () => {
  test('makes the keys be read once, however many such tokens come', async () => {
    const old = await begun();
    expect(await kept.newerThan(old)).toBeUndefined(); // they were read this moment
    time += 10_000;
    const asked = Array.from({ length: 50 }, () => kept.newerThan(old));
    const fresh = set();
    reads[1]?.resolve(fresh);
    expect(new Set(await Promise.all(asked))).toEqual(new Set([fresh]));
    for (let n = 0; n < 50; n++) expect(await kept.newerThan(fresh)).toBeUndefined();
    expect(reads).toHaveLength(2);
  });

  test('gets what was read since it came', async () => {
    const old = await begun();
    time += 10_000;
    const first = kept.newerThan(old);
    const fresh = set();
    reads[1]?.resolve(fresh);
    await first;
    expect(await kept.newerThan(old)).toBe(fresh);
  });

  test('is not refused while the issuer cannot say that it does not have the key', async () => {
    const old = await begun();
    time += 10_000;
    const first = kept.newerThan(old);
    reads[1]?.reject(away);
    await expect(first).rejects.toBe(away);
    await first.catch(() => undefined);
    await expect(kept.newerThan(old)).rejects.toBe(away);
    expect(reads).toHaveLength(2);
  });
});
