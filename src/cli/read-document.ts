import { readFile } from 'node:fs/promises';
import { unreadable } from './connect.ts';

/** The document that a command was given: a file, or `-` for standard input. @throws ConfigurationError where it cannot be read */
export async function readDocument(path: string): Promise<Uint8Array> {
  try {
    return path === '-' ? await Bun.stdin.bytes() : await readFile(path);
  } catch (err) {
    throw unreadable('FILE', path, err);
  }
}

/** What messages call it. */
export function documentName(path: string): string {
  return path === '-' ? 'standard input' : path;
}
