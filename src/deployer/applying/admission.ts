import { OverloadedError } from '../../errors/errors.ts';

/** Without a flag: several times what a kube-apiserver takes at once, and yet few enough to be done within the time that an apply may take. */
export const MOST_APPLIES = 512;

const RETRY_AFTER_SECONDS = 1;

/**
 * Counts the applies that a deployer has in hand, from the first byte of the spec to the answer. What is too many is refused at once instead of queued:
 * specs in memory have a bound, and nobody waits for a turn that comes after the caller has given up.
 */
export class Admission {
  readonly #most: number;
  #inHand = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws OverloadedError, and then `work` was not begun */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inHand >= this.#most) {
      const message = `the deployer applies ${this.#inHand} specs already; this one was not read and nothing of it was touched`;
      throw new OverloadedError(message, { details: { most: this.#most }, retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    this.#inHand += 1;
    try {
      return await work();
    } finally {
      this.#inHand -= 1;
    }
  }
}
