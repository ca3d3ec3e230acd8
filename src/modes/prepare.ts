import type { Logger } from 'pino';
import { repeat } from '../coordinator/repeat.ts';
import { UnavailableError } from '../errors/errors.ts';

export interface Preparation {
  readonly prepared: Promise<void>;
  readonly isPrepared: boolean;
  /** Does the work when all is prepared. @throws UnavailableError when that takes too long */
  once<T>(work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

const AGAIN_MS = 1_000;
/** A request that comes while the process starts waits a little; one that comes while the database is away must not pile up. */
const REQUEST_WAITS_MS = 5_000;

/** Prepares until it succeeds: a database that comes up after us is no reason to die. */
export function prepareInBackground(prepare: (signal: AbortSignal) => Promise<void>, log: Logger): Preparation {
  const { promise: prepared, resolve } = Promise.withResolvers<void>();
  let isPrepared = false;
  const attempts = repeat(
    'preparation',
    AGAIN_MS,
    async (signal) => {
      if (isPrepared) return;
      await prepare(signal);
      isPrepared = true;
      resolve();
      void attempts.stop();
    },
    log,
  );
  return {
    prepared,
    get isPrepared() {
      return isPrepared;
    },
    async once(work) {
      if (!isPrepared) await bounded(prepared);
      return work();
    },
    stop: () => attempts.stop(),
  };
}

async function bounded(prepared: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new UnavailableError('the coordinator is starting', { retryAfterSeconds: 5 })), REQUEST_WAITS_MS);
  try {
    await Promise.race([prepared, late]);
  } finally {
    clearTimeout(timer);
  }
}
