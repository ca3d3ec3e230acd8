import type { Fault } from './check.ts';

/** No document that is meant well comes near it; far beyond, whoever walks through one runs out of stack. */
const MOST_DEPTH = 32;

/**
 * What nothing down the line can hold: text with the character NUL, which neither PostgreSQL nor an argument of a program can carry, or with half a
 * surrogate pair, and numbers beyond every double, which a JSON parser makes infinite; neither has canonical JSON (RFC 8785, section 3.2.2). And
 * nesting below 32 levels.
 */
export function unspeakable(value: unknown, path = '', depth = 0): Fault[] {
  if (typeof value === 'string') return isSpeakable(value) ? [] : [{ path, message: MESSAGE }];
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [{ path, message: 'must be a number of the size of a double' }];
  if (typeof value !== 'object' || value === null) return [];
  if (depth >= MOST_DEPTH) return [{ path, message: `must not be nested below ${MOST_DEPTH} levels` }];
  if (Array.isArray(value)) return value.flatMap((element, index) => unspeakable(element, `${path}[${index}]`, depth + 1));
  return Object.entries(value).flatMap(([key, entry]) => {
    if (!isSpeakable(key)) return [{ path, message: `has a key that ${MESSAGE}` }];
    return unspeakable(entry, path === '' ? key : `${path}.${key}`, depth + 1);
  });
}

const MESSAGE = 'must be well-formed Unicode without the character NUL';

function isSpeakable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
