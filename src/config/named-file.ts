import { readFileSync } from 'node:fs';
import type { Fault } from '../schema/check.ts';

/** The text of a file. Where it cannot be read `faults` has the reason, at `name`: the flag or the variable that names the file. */
export function textOfNamed(name: string, path: string, faults: Fault[]): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (err) {
    faults.push({ path: name, message: whyUnreadable(path, err) });
    return undefined;
  }
}

/** Begins with the file, for a sentence. A Secret that is mounted for another user is as common as a wrong path. */
export function whyUnreadable(file: string, err: unknown): string {
  const code = err instanceof Error && 'code' in err ? String(err.code) : 'unknown';
  return `${file} cannot be read: ${REASONS[code] ?? code}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};
