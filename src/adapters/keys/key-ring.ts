import { randomBytes } from 'node:crypto';
import { ConfigurationError } from '../../errors/errors.ts';
import type { Fault } from '../../schema/check.ts';

/** A key for AES-256. */
export interface EncryptionKey {
  readonly id: string;
  readonly secret: Buffer;
}

/** The first one encrypts, all of them decrypt. May be empty: then nothing can be encrypted. */
export type KeyRing = readonly EncryptionKey[];

const KEY_BYTES = 32;
const LINE = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([A-Za-z0-9+/]{43}=)$/;

/**
 * Reads one key a line, `id:base64`; empty lines and those that begin with # are passed over. @param origin begins a sentence about a fault
 * @throws ConfigurationError, which names lines and never quotes them
 */
export function keyRingIn(text: string, origin: string): KeyRing {
  const keys: EncryptionKey[] = [];
  const faults: Fault[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [, id = '', base64 = ''] = LINE.exec(trimmed) ?? [];
    const fault = (message: string) => faults.push({ path: origin, message: `line ${index + 1} ${message}` });
    if (id === '') fault('is no key: an id, a colon and 32 bytes in base64, as `vice keys generate` prints');
    else if (keys.some((key) => key.id === id)) fault(`has the id ${id} again`);
    else keys.push({ id, secret: Buffer.from(base64, 'base64') });
  }
  if (faults.length > 0) throw new ConfigurationError('the encryption keys cannot be read', { faults });
  return keys;
}

/** A new key, as a line of a key file. @param now for its id, which says when it was made */
export function newKeyLine(now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  return `k${day}-${randomBytes(3).toString('hex')}:${randomBytes(KEY_BYTES).toString('base64')}`;
}
