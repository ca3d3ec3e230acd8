/** How the sandbox lets time pass, so that tests can do it by hand. */
export interface Timers {
  /** Runs `action` once, after `delayMs`. */
  after(delayMs: number, action: () => void): void;
  /** Forgets everything that has not run yet, and what is asked from now on. */
  stop(): void;
}

/** Time as it passes. */
export function realTimers(): Timers {
  const pending = new Set<ReturnType<typeof setTimeout>>();
  let isStopped = false;
  return {
    after: (delayMs, action) => {
      if (isStopped) return;
      const timer = setTimeout(() => {
        pending.delete(timer);
        action();
      }, delayMs);
      pending.add(timer);
    },
    stop: () => {
      isStopped = true;
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
    },
  };
}

/** Time that stands still until it is told to advance. */
export interface ManualTimers extends Timers {
  /** Lets `ms` pass, with everything that falls due on the way, in order. */
  advance(ms: number): void;
}

export function manualTimers(): ManualTimers {
  let now = 0;
  let pending: { readonly at: number; readonly action: () => void }[] = [];
  return {
    after: (delayMs, action) => {
      pending.push({ at: now + delayMs, action });
    },
    stop: () => {
      pending = [];
    },
    advance: (ms) => {
      const end = now + ms;
      for (;;) {
        const next = pending.toSorted((a, b) => a.at - b.at)[0];
        if (next === undefined || next.at > end) break;
        pending = pending.filter((entry) => entry !== next);
        now = next.at;
        next.action();
      }
      now = end;
    },
  };
}
