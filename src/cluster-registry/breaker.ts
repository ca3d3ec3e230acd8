/** Whether a cluster is passed by, and how near that is to its end or its beginning. */
export interface Breaker {
  readonly isOpen: boolean;
  /** So many outcomes in a row speak against it. */
  readonly streak: number;
}

export const CLOSED: Breaker = { isOpen: false, streak: 0 };

/** One lost packet makes no cluster unreachable, and one that comes and goes is not used again at its first answer. */
const FAILURES_TO_OPEN = 2;
const ANSWERS_TO_CLOSE = 2;

/**
 * The breaker after one more outcome. `certain` is a failure that needs no second one: a certificate that is refused, or a launch that found no sign of life, for
 * which it has waited or asked twice.
 */
export function breakerAfter(breaker: Breaker, outcome: 'answer' | 'failure' | 'certain'): Breaker {
  const { isOpen, streak } = breaker;
  const isAgainst = (outcome === 'answer') === isOpen;
  if (!isAgainst) return streak === 0 ? breaker : { isOpen, streak: 0 };
  const needed = isOpen ? ANSWERS_TO_CLOSE : FAILURES_TO_OPEN;
  return outcome === 'certain' || streak + 1 >= needed ? { isOpen: !isOpen, streak: 0 } : { isOpen, streak: streak + 1 };
}
