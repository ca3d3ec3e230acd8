import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from './key-ring.ts';

/** The place that a sealed text belongs to. Moved to another one, it cannot be opened. */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly id: string;
}

/** A text that cannot be opened. The message says why and holds nothing of it. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/**
 * Encrypts with the first key of the ring: AES-256-GCM with a random nonce of 96 bits (NIST SP 800-38D, section 8.2.2). The layout is version, length of
 * the key's id, that id, nonce, ciphertext, tag; what stands before the nonce is authenticated together with the place.
 * @throws SealError when there is no key
 */
export function seal(text: string, place: Place, ring: KeyRing): Buffer {
  const [key] = ring;
  if (key === undefined) throw new SealError('no encryption key is configured');
  const head = headOf(key.id);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.secret, nonce, { authTagLength: TAG_BYTES }).setAAD(associated(head, place));
  return Buffer.concat([head, nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws SealError when the key is not in the ring, or the bytes were not sealed for this place */
export function open(sealed: Uint8Array, place: Place, ring: KeyRing): string {
  const id = keyIdOf(sealed);
  const key = ring.find((each) => each.id === id);
  if (key === undefined) throw new SealError(`the encryption key ${id} is not configured`);
  const bytes = Buffer.from(sealed);
  const head = headOf(id);
  const body = bytes.subarray(head.length + NONCE_BYTES, bytes.length - TAG_BYTES);
  const nonce = bytes.subarray(head.length, head.length + NONCE_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key.secret, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(associated(head, place)).setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch (err) {
    throw new SealError(`what was sealed with the encryption key ${id} is damaged, of another row, or of another key with this id`, { cause: err });
  }
}

/** The id of the key that the bytes were sealed with. @throws SealError when they are not sealed */
export function keyIdOf(sealed: Uint8Array): string {
  const [version, length = 0] = sealed;
  const id = Buffer.from(sealed)
    .subarray(2, 2 + length)
    .toString('latin1');
  const isWhole = sealed.length >= 2 + length + NONCE_BYTES + TAG_BYTES;
  if (version !== VERSION || length === 0 || !isWhole) throw new SealError('what is stored was not sealed by this program');
  return id;
}

function headOf(id: string): Buffer {
  return Buffer.concat([Buffer.from([VERSION, id.length]), Buffer.from(id, 'latin1')]);
}

function associated(head: Buffer, { table, column, id }: Place): Buffer {
  return Buffer.concat([head, Buffer.from(JSON.stringify([table, column, id.toLowerCase()]), 'utf8')]);
}
