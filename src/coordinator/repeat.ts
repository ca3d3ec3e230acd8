import type { Logger } from 'pino';

/** Work that is done again and again, never twice at once. */
export interface Repeated {
  /** Does the work now, or once more right after the one that runs. */
  wake(): void;
  /** Ends after the work that runs; its signal aborts. */
  stop(): Promise<void>;
}

/**
 * Does `work` now and every `everyMs` after it ended. What it throws is logged once, until it succeeds again: a database that is away for an hour is
 * one line, not thousands.
 */
export function repeat(name: string, everyMs: number, work: (signal: AbortSignal) => Promise<void>, log: Logger): Repeated {
  const stopping = new AbortController();
  let wakeUp: () => void = () => undefined;
  let isWoken = false;
  let isFailing = false;

  const once = async () => {
    try {
      await work(stopping.signal);
      if (isFailing) log.info({ worker: name }, 'a background worker works again');
      isFailing = false;
    } catch (err) {
      if (stopping.signal.aborted) return;
      if (!isFailing) log.error({ err, worker: name }, 'a background worker failed; it goes on trying');
      isFailing = true;
    }
  };
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, isWoken ? 0 : everyMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async () => {
    while (!stopping.signal.aborted) {
      isWoken = false;
      await once();
      if (!stopping.signal.aborted) await pause();
    }
  };
  const ended = run();
  return {
    wake: () => {
      isWoken = true;
      wakeUp();
    },
    stop: async () => {
      stopping.abort();
      wakeUp();
      await ended;
    },
  };
}
