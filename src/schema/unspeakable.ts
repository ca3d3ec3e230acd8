import type { Fault } from './check.ts';

/** No document that is meant well comes near it; far beyond, whoever walks through one runs out of stack. */
export const MOST_DEPTH = 32;
/** More faults than this help nobody. */
const MOST_FAULTS = 100;

/**
 * What nothing down the line can hold: text with the character NUL, which neither PostgreSQL nor an argument of a program can carry, or with half a
 * surrogate pair, and numbers beyond every double, which a JSON parser makes infinite; neither has canonical JSON (RFC 8785, section 3.2.2). And
 * nesting below 32 levels.
 */
export function unspeakable(document: unknown): Fault[] {
  const faults: Fault[] = [];
  look(document, '', 0, faults);
  return faults;
}

function look(value: unknown, path: string, depth: number, faults: Fault[]): void {
  if (faults.length >= MOST_FAULTS) return;
  if (typeof value === 'string') {
    if (!isSpeakable(value)) faults.push({ path, message: MESSAGE, rule: 'json.text' });
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) faults.push({ path, message: 'must be a number of the size of a double', rule: 'json.text' });
  } else if (typeof value === 'object' && value !== null) {
    if (depth >= MOST_DEPTH) faults.push({ path, message: `must not be nested below ${MOST_DEPTH} levels`, rule: 'json.depth' });
    else lookBelow(value, path, depth, faults);
  }
}

function lookBelow(value: object, path: string, depth: number, faults: Fault[]): void {
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) look(element, `${path}[${index}]`, depth + 1, faults);
    return;
  }
  for (const [key, entry] of Object.entries(value)) {
    if (isSpeakable(key)) look(entry, path === '' ? key : `${path}.${key}`, depth + 1, faults);
    else faults.push({ path, message: `has a key that ${MESSAGE}`, rule: 'json.text' });
  }
}

const MESSAGE = 'must be well-formed Unicode without the character NUL';

function isSpeakable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
