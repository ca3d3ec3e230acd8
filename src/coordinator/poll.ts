import { setTimeout as delay } from 'node:timers/promises';
import { UnavailableError } from '../errors/errors.ts';

/**
 * Asks until there is an answer or `deadline` (of `performance.now()`) has passed; then undefined. Always asks once. The pauses grow from 50 ms to a
 * second, each shortened by a random part so that waiters do not fall into step. @throws UnavailableError when `signal` aborts while it waits
 */
export async function poll<T>(ask: () => Promise<T | undefined>, deadline: number, signal: AbortSignal): Promise<T | undefined> {
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 1.5, 1_000)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return undefined;
    await delay(Math.min(leftMs, pauseMs * (0.75 + Math.random() / 4)), undefined, { signal }).catch((err: unknown) => {
      throw new UnavailableError('the coordinator is ending', { cause: err });
    });
  }
}
