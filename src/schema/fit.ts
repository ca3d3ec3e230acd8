import { KindGuard, type TObject, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/**
 * The parts of `value` that `schema` knows, under the schema's own keys: matched in any letter case, the exact one first, as Go's decoder does for
 * the services that this document was made for. Nulls and unknown keys are dropped, so that absent is absent; a null in a list keeps its place as an
 * empty text or object. Nothing is converted, and what does not fit is left as it is for the check that follows.
 */
export function fit(schema: TSchema, value: unknown): unknown {
  if (KindGuard.IsObject(schema) && isObject(value)) return fitObject(schema, value);
  if (KindGuard.IsRecord(schema) && isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, entry ?? '']));
  if (KindGuard.IsArray(schema) && Array.isArray(value)) return value.map((element) => fit(schema.items, element ?? emptyOf(schema.items)));
  return value;
}

/** What of a document is there and well-formed: anything may be missing, also from the middle of a list. */
export type Draft<T> = T extends string | number | boolean
  ? T
  : T extends readonly (infer E)[]
    ? readonly (Draft<E> | undefined)[]
    : { readonly [K in keyof T]?: Draft<T[K]> | undefined };

/** The parts of a fitted document that are as `schema` says, taken one by one: a fault in one place costs only the value in that place. */
export function salvage(schema: TSchema, value: unknown): unknown {
  if (KindGuard.IsArray(schema)) return Array.isArray(value) ? value.map((element) => salvage(schema.items, element)) : undefined;
  if (!KindGuard.IsObject(schema)) return Value.Check(schema, value) ? value : undefined;
  if (!isObject(value)) return undefined;
  const given = new Map<string, unknown>(Object.entries(value));
  return Object.fromEntries(Object.entries(schema.properties).map(([key, property]) => [key, salvage(property, given.get(key))]));
}

function fitObject(schema: TObject, value: object): object {
  const given = new Map<string, unknown>();
  const folded = new Map<string, unknown>();
  for (const [key, entry] of Object.entries(value)) {
    if (entry === null || entry === undefined) continue;
    given.set(key, entry);
    folded.set(key.toLowerCase(), entry);
  }
  const known: [string, unknown][] = [];
  for (const [key, property] of Object.entries(schema.properties)) {
    const entry = given.get(key) ?? folded.get(key);
    if (entry !== undefined) known.push([key, fit(property, entry)]);
  }
  return Object.fromEntries(known);
}

function emptyOf(schema: TSchema): unknown {
  if (KindGuard.IsObject(schema)) return {};
  return KindGuard.IsString(schema) ? '' : null;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
