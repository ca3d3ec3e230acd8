import { setTimeout as delay } from 'node:timers/promises';
import { ContractBreachError } from './breach.ts';

export interface WaitOptions {
  readonly timeoutMs: number;
  /** What is waited for; it ends the sentence "waited 5000 ms in vain for ...". */
  readonly what: string | (() => string);
  /** @default 50 */
  readonly everyMs?: number;
  /** Ends the waiting early, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks again and again until the answer is neither false, null nor undefined, and gives that answer.
 *
 * @throws ContractBreachError after `timeoutMs`
 */
export async function waitFor<T>(ask: () => T | Promise<T>, options: WaitOptions): Promise<Exclude<T, false | null | undefined>> {
  const until = Date.now() + options.timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const answer = await ask();
    if (isGiven(answer)) return answer;
    if (Date.now() >= until) {
      const { what, timeoutMs } = options;
      throw new ContractBreachError(`waited ${timeoutMs} ms in vain for ${typeof what === 'string' ? what : what()}`);
    }
    await delay(options.everyMs ?? 50);
  }
}

function isGiven<T>(answer: T): answer is Exclude<T, false | null | undefined> {
  return answer !== false && answer !== null && answer !== undefined;
}
