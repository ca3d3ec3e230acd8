import type { Fault } from '../schema/check.ts';
import { textOfNamed } from './named-file.ts';

/** Encryption keys as they were given. Secret. */
export interface KeyText {
  readonly text: string;
  /** Begins a sentence about a fault. */
  readonly origin: string;
}

/** The file before the text. Faults are added to `faults`, and hold nothing of the keys. */
export function keyTextOf(given: { readonly keysFile: string | undefined; readonly keys: string | undefined }, faults: Fault[]): KeyText | undefined {
  const { keysFile, keys } = given;
  if (keysFile === undefined) return keys === undefined ? undefined : { text: keys, origin: 'clusters.keys' };
  const text = textOfNamed('--keys-file', keysFile, faults);
  return text === undefined ? undefined : { text, origin: '--keys-file' };
}
