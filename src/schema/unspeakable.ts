import type { Fault } from './check.ts';

/**
 * Texts that nothing down the line can hold: with the character NUL, which neither PostgreSQL nor an argument of a program can carry, or with half
 * a surrogate pair, which has no UTF-8 form and so no canonical JSON (RFC 8785, section 3.2.2.2).
 */
export function unspeakable(value: unknown, path = ''): Fault[] {
  if (typeof value === 'string') return isSpeakable(value) ? [] : [{ path, message: MESSAGE }];
  if (Array.isArray(value)) return value.flatMap((element, index) => unspeakable(element, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    if (!isSpeakable(key)) return [{ path, message: `has a key that ${MESSAGE}` }];
    return unspeakable(entry, path === '' ? key : `${path}.${key}`);
  });
}

const MESSAGE = 'must be well-formed Unicode without the character NUL';

function isSpeakable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
