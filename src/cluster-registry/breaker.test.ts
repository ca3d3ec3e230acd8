import { expect, test } from 'bun:test';
import { breakerAfter, CLOSED } from './breaker.ts';

const outcomeOf = { a: 'answer', f: 'failure', c: 'certain' } as const;

/** Whether the breaker is open after each outcome. */
function through(outcomes: readonly ('a' | 'f' | 'c')[]): boolean[] {
  let breaker = CLOSED;
  return outcomes.map((letter) => {
    breaker = breakerAfter(breaker, outcomeOf[letter]);
    return breaker.isOpen;
  });
}

test.each<[string, readonly ('a' | 'f' | 'c')[], string]>([
  ['answers and single failures keep it closed', ['a', 'a', 'f', 'a', 'f', 'a', 'f', 'a'], '--------'],
  ['two failures in a row open it', ['f', 'a', 'f', 'f', 'f', 'f'], '---ooo'],
  ['what is certain opens it at once', ['a', 'c'], '-o'],
  ['single answers leave it open', ['c', 'a', 'c', 'a', 'f', 'a'], 'oooooo'],
  ['two answers in a row close it, and it takes two failures again to open it', ['c', 'f', 'a', 'a', 'f', 'a', 'f', 'f'], 'ooo----o'],
])('%s', (_, outcomes, open) => {
  expect(
    through(outcomes)
      .map((isOpen) => (isOpen ? 'o' : '-'))
      .join(''),
  ).toBe(open);
});
