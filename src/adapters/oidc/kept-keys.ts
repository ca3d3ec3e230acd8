import { UnavailableError } from '../../errors/errors.ts';
import type { KeySet } from './issuer.ts';

/** The keys of an issuer, asked for as seldom as can be. */
export interface KeptKeys {
  /** @throws UnavailableError when the issuer does not answer and what is kept is too old, or there is none */
  current(): Promise<KeySet>;
  /** After a token whose key is not in `seen`: newer keys; nothing when there are none. @throws UnavailableError when that cannot be found out now */
  newerThan(seen: KeySet): Promise<KeySet | undefined>;
}

export interface KeptKeysDeps {
  /** @throws UnavailableError */
  readonly read: () => Promise<KeySet>;
  /** Milliseconds that only grow. */
  readonly now: () => number;
}

/** From then on they are read anew, while nobody waits for it. */
const FRESH_MS = 5 * 60_000;
/** From then on the reading is waited for: a key that the issuer has withdrawn is believed no longer, as long as the issuer answers. */
const STALE_MS = 10 * 60_000;
/** While it does not answer, its last keys are good for so long. */
const USABLE_MS = 60 * 60_000;
/** Tokens with keys that nobody knows do not make us ask more often. */
const BETWEEN_READS_MS = 10_000;

/** Reads before the keys are stale without anybody waiting for it; one reading at a time, and none right after another. */
export function keptKeys({ read, now }: KeptKeysDeps): KeptKeys {
  let kept: { readonly keys: KeySet; readonly at: number } | undefined;
  let reading: Promise<KeySet> | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failure: UnavailableError | undefined;

  const isTooSoon = () => now() - triedAt < BETWEEN_READS_MS;
  const refresh = (): Promise<KeySet> => {
    if (reading) return reading;
    if (failure && isTooSoon()) return Promise.reject(failure);
    triedAt = now();
    reading = read()
      .then((keys) => {
        kept = { keys, at: now() };
        failure = undefined;
        return keys;
      })
      .catch((err: unknown) => {
        failure = err instanceof UnavailableError ? err : new UnavailableError('the issuer of tokens does not give its keys', { cause: err });
        throw failure;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };

  return {
    async current() {
      if (kept === undefined) return refresh();
      const { keys } = kept;
      const age = now() - kept.at;
      if (age > USABLE_MS) return refresh();
      if (age > STALE_MS) return refresh().catch(() => keys);
      if (age > FRESH_MS && !isTooSoon()) refresh().catch(() => undefined); // whoever is too late for the old ones gets the error
      return keys;
    },
    async newerThan(seen) {
      if (kept !== undefined && kept.keys !== seen) return kept.keys;
      if (failure === undefined && reading === undefined && isTooSoon()) return undefined;
      return refresh();
    },
  };
}
