/**
 * Text as PostgreSQL can store it: without NUL, which it has no place for, and without halves of surrogate pairs, which its JSON refuses. What others
 * answered may hold both, and that is no reason to lose what it says.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

/** A document as JSON that a `jsonb` column takes. */
export function storableJson(document: unknown): string {
  return JSON.stringify(document, (_, value: unknown) => (typeof value === 'string' ? storableText(value) : value));
}
