import { OverloadedError } from '../errors/errors.ts';

const RETRY_AFTER_SECONDS = 1;

/** Counts what a deployer has in hand of one sort. What is too much is refused at once instead of queued: nobody waits for a turn that comes too late. */
export class Admission {
  readonly #most: number;
  readonly #refusal: (inHand: number) => string;
  #inHand = 0;

  /** `refusal` is the sentence for whoever is too many. */
  constructor(most: number, refusal: (inHand: number) => string) {
    this.#most = most;
    this.#refusal = refusal;
  }

  get inHand(): number {
    return this.#inHand;
  }

  /** Takes a place, until the function that it gives is called; calling that twice is fine. @throws OverloadedError */
  enter(): () => void {
    if (this.#inHand >= this.#most) {
      throw new OverloadedError(this.#refusal(this.#inHand), { details: { most: this.#most }, retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    this.#inHand += 1;
    let isInside = true;
    return () => {
      if (isInside) this.#inHand -= 1;
      isInside = false;
    };
  }

  /** @throws OverloadedError, and then `work` was not begun */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const leave = this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}
