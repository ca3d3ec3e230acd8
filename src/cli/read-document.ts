import { readFile } from 'node:fs/promises';
import { whyUnreadable } from '../config/named-file.ts';
import { InvalidDocumentError } from '../errors/errors.ts';

/** The document that a command judges: a file, or `-` for standard input. @throws InvalidDocumentError where it cannot be read */
export async function readDocument(path: string): Promise<Uint8Array> {
  try {
    return path === '-' ? await Bun.stdin.bytes() : await readFile(path);
  } catch (err) {
    throw new InvalidDocumentError(whyUnreadable(documentName(path), err)); // which says all that the cause does
  }
}

/** What messages call it. */
export function documentName(path: string): string {
  return path === '-' ? 'standard input' : path;
}
