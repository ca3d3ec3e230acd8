import { ViceError } from './vice-error.ts';

/** The stable code of what was foreseen; `internal` for everything else. */
export function codeOf(err: unknown): string {
  return err instanceof ViceError ? err.code : 'internal';
}
