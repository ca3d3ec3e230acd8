/** When work that is still under way gives its place up. */
export interface Tenure {
  /** It has not said for so long that it goes on. */
  readonly idleMs: number;
  /** However much it goes on. */
  readonly mostMs: number;
  /** It has lost its place. */
  readonly lost: () => void;
}

/** At most so many at once; the others wait in the order they came. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs `work` when there is room. @throws the signal's reason when it aborts before */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#take(signal);
    try {
      return await work();
    } finally {
      this.#give();
    }
  }

  /**
   * As `run`, for work that may hang: it says each time that it `goesOn`. Work that loses its place is not stopped; the next one begins beside it.
   * @throws as run
   */
  async runFor<T>({ idleMs, mostMs, lost }: Tenure, work: (goesOn: () => void) => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#take(signal);
    const startedAt = performance.now();
    let hasPlace = true;
    const timer = setTimeout(() => {
      hasPlace = false;
      this.#give();
      lost();
    }, idleMs);
    const goesOn = () => {
      if (hasPlace && performance.now() - startedAt < mostMs) timer.refresh();
    };
    try {
      return await work(goesOn);
    } finally {
      clearTimeout(timer);
      if (hasPlace) this.#give();
    }
  }

  #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const start = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        reject(signal.reason);
      };
      this.#waiting.push(start);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** Hands the slot on, so that nobody who comes later overtakes. */
  #give(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
