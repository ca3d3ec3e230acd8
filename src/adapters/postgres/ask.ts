import { setTimeout as delay } from 'node:timers/promises';
import { UnavailableError } from '../../errors/errors.ts';
import { asOurs, isConnectionLoss } from './errors.ts';

export interface AskOptions {
  /** Ends the sentence "the database could not ...". */
  readonly what: string;
  readonly signal: AbortSignal;
  /** Carrying it out twice does what once does: then a lost connection is worth another try. @default false */
  readonly repeatable?: boolean;
}

/** Longer than the lock time-out of any statement, so that the server's own answer comes first when it can. */
const TIMEOUT_MS = 10_000;

/** Pauses before the second and the third try: idle connections need a moment to notice that they are dead, and a server to come back. */
const PAUSES_MS = [50, 150];

/**
 * Waits for statements, though not for ever and not for a caller that has gone. What was sent is not called back: a request to cancel could
 * meet the next statement of the same connection instead.
 * @throws UnavailableError when the database cannot be reached or is too slow; ConfigurationError when it refuses us
 */
export async function ask<T>(statements: () => Promise<T>, options: AskOptions): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await bounded(statements, options);
    } catch (err) {
      const pause = PAUSES_MS[tries];
      if (!options.repeatable || pause === undefined || !isConnectionLoss(err)) throw asOurs(err, options.what);
      await delay(pause, undefined, { signal: options.signal });
    }
  }
}

function bounded<T>(statements: () => Promise<T>, { signal, what }: AskOptions): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abandon = () => end(() => reject(signal.reason));
    const timer = setTimeout(() => end(() => reject(new UnavailableError(`the database could not ${what} in time`))), TIMEOUT_MS);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abandon);
      settle();
    };
    signal.addEventListener('abort', abandon, { once: true });
    statements().then(
      (value) => end(() => resolve(value)),
      (err: unknown) => end(() => reject(err)),
    );
  });
}
