import { ViceError } from '../../errors/vice-error.ts';

/** What was found of one thing. */
export interface Finding {
  /** What was looked at: `database`, `cluster west`. */
  readonly check: string;
  /** `note`: nothing can be said of it from here; somebody should know. */
  readonly outcome: 'ok' | 'note' | 'warning' | 'wrong';
  /** What was found, as a clause. */
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
}

/** What a check came to that could not be made. */
export function wrong(check: string, err: unknown, todo: string): Finding {
  return { check, outcome: 'wrong', says: reasonOf(err), todo };
}

export function reasonOf(err: unknown): string {
  if (!(err instanceof Error)) return String(err);
  const cause = err.cause instanceof Error && err.cause.message !== '' ? `: ${err.cause.message}` : '';
  return err instanceof ViceError ? `${err.message}${cause}` : err.message;
}
