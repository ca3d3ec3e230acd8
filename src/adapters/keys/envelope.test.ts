import { describe, expect, test } from 'bun:test';
import { keyIdOf, open, type Place, seal } from './envelope.ts';
import { keyRingIn, newKeyLine } from './key-ring.ts';

const place: Place = { table: 'vice_clusters', column: 'client_key', id: '5f4e7a52-6f0c-4c0f-9d28-0c3f8e1a0000' };
const ring = () => keyRingIn(newKeyLine(new Date()), 'test');
const canary = '-----BEGIN PRIVATE KEY-----\ncanary-ü\n-----END PRIVATE KEY-----\n';

const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (err) {
    return String(err);
  }
  return 'no error';
};

test('what was sealed is opened, and shows nothing of itself before', () => {
  const keys = ring();
  const sealed = seal(canary, place, keys);
  expect(sealed.toString('latin1')).not.toContain('canary');
  expect(keyIdOf(sealed)).toBe(keys[0]?.id ?? 'none');
  expect(open(sealed, place, keys)).toBe(canary);
});

test('a nonce is never used twice: the same text gives other bytes each time', () => {
  const keys = ring();
  const nonces = Array.from({ length: 1_000 }, () =>
    seal('x', place, keys)
      .subarray(2 + (keys[0]?.id.length ?? 0), -17)
      .toString('hex'),
  );
  expect(new Set(nonces).size).toBe(1_000);
});

describe('nothing is opened', () => {
  const keys = ring();
  const sealed = seal(canary, place, keys);

  test.each([
    ['in another row', { ...place, id: '5f4e7a52-6f0c-4c0f-9d28-0c3f8e1a0001' }],
    ['in another column', { ...place, column: 'client_cert' }],
    ['in another table', { ...place, table: 'other' }],
  ])('%s', (_, elsewhere) => {
    expect(messageOf(() => open(sealed, elsewhere, keys))).toContain('is damaged, of another row');
  });

  test('of which any byte was changed, or the end is missing', () => {
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(messageOf(() => open(changed, place, keys))).toStartWith('SealError');
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(messageOf(() => open(sealed.subarray(0, length), place, keys))).toStartWith('SealError');
    }
  });

  test('with another key, also one that has the same id', () => {
    expect(messageOf(() => open(sealed, place, ring()))).toContain(`key ${keys[0]?.id} is not configured`);
    const impostor = [{ id: keys[0]?.id ?? '', secret: Buffer.alloc(32, 7) }];
    expect(messageOf(() => open(sealed, place, impostor))).toContain('another key with this id');
  });

  test('and no error holds anything of the text', () => {
    expect(messageOf(() => open(Buffer.from(canary), place, keys))).not.toContain('canary');
  });
});

describe('a file of keys', () => {
  const [first, second] = [newKeyLine(new Date()), newKeyLine(new Date())];

  test('encrypts with the first and decrypts with all', () => {
    const old = seal(canary, place, keyRingIn(second, 'test'));
    const keys = keyRingIn(`# the newest first\n${first}\n\n${second}\n`, 'test');
    expect(open(old, place, keys)).toBe(canary);
    expect(keyIdOf(seal(canary, place, keys))).toBe(first.split(':')[0] ?? '');
  });

  test('is refused with its lines and without its secrets', () => {
    const faulty = `${first}\n${first}\nshort:c2VjcmV0\nsecret-without-id\n`;
    try {
      keyRingIn(faulty, '--keys-file');
      expect.unreachable();
    } catch (err) {
      const told = JSON.stringify(err);
      expect(err).toMatchObject({ name: 'ConfigurationError', faults: [{ path: '--keys-file' }, {}, {}] });
      for (const secret of ['c2VjcmV0', 'secret-without-id', first.split(':')[1] ?? '']) expect(told).not.toContain(secret);
    }
  });

  test('may be empty, and then nothing can be sealed', () => {
    expect(messageOf(() => seal(canary, place, keyRingIn('# none yet\n', 'test')))).toContain('no encryption key is configured');
  });
});
