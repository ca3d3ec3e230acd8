import { readFile } from 'node:fs/promises';
import { InvalidDocumentError } from '../errors/errors.ts';

/** The document that a command was given: a file, or `-` for standard input. @throws InvalidDocumentError where it cannot be read */
export async function readDocument(path: string): Promise<Uint8Array> {
  try {
    return path === '-' ? await Bun.stdin.bytes() : await readFile(path);
  } catch (err) {
    throw new InvalidDocumentError(`${documentName(path)} cannot be read`, { cause: err });
  }
}

/** What messages call it. */
export function documentName(path: string): string {
  return path === '-' ? 'standard input' : path;
}
