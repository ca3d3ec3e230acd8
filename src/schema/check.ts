import type { Static, TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';

/** One thing that is wrong with a document, told to whoever sent it. */
export interface Fault {
  /** Where, in the sender's own words: `steps[0].component.container.ports`. Empty for the document as a whole. */
  readonly path: string;
  /** What is wrong and what would be right, as a clause without a full stop. */
  readonly message: string;
  /** Stable id of the rule that it breaks, where the rule has one: `pod.host-namespaces`. For programs and for counting. */
  readonly rule?: string;
  /** What the rule would let in. */
  readonly allowed?: string;
}

/** A document that is what its schema says, or everything that is wrong with it. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };

const compiled = new WeakMap<TSchema, TypeCheck<TSchema>>();

/** More faults than this help nobody, and each costs the sender's peer memory. */
const MOST_FAULTS = 100;

/**
 * Says whether `value` is what `schema` describes, and if not, every fault at once (at most 100). Nothing is coerced and nothing is added:
 * text never becomes a number.
 */
export function check<S extends TSchema>(schema: S, value: unknown): Checked<Static<S>> {
  const checker = compile(schema);
  if (checker.Check(value)) return { ok: true, value };
  const faults: Fault[] = [];
  const told = new Set<string>();
  for (const error of checker.Errors(value)) {
    const path = dotted(error.path);
    if (told.has(path)) continue;
    told.add(path);
    faults.push({ path, message: sentence(error) });
    if (faults.length >= MOST_FAULTS) break;
  }
  return { ok: false, faults };
}

/** Compiled on first use, because a mode that never sees a document need not pay for its validator at start-up. */
function compile<S extends TSchema>(schema: S): TypeCheck<S> {
  const known = compiled.get(schema);
  // The map is keyed by the schema itself, so what is stored under it was compiled from it.
  if (known) return known as unknown as TypeCheck<S>;
  const fresh = TypeCompiler.Compile(schema);
  compiled.set(schema, fresh as unknown as TypeCheck<TSchema>);
  return fresh;
}

/** `/steps/0/config` (a JSON pointer) as `steps[0].config`. */
function dotted(pointer: string): string {
  let path = '';
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (/^\d+$/.test(name)) path += `[${name}]`;
    else path += path === '' ? name : `.${name}`;
  }
  return path;
}

function sentence({ type, schema, message }: ValueError): string {
  if (type === ValueErrorType.ObjectRequiredProperty) return 'is required';
  const custom: unknown = schema['errorMessage'];
  if (typeof custom === 'string') return custom;
  if (type === ValueErrorType.ObjectAdditionalProperties) return 'is not a known key';
  if (type === ValueErrorType.StringMinLength)
    return schema['minLength'] === 1 ? 'must not be empty' : `must have at least ${schema['minLength']} characters`;
  if (type === ValueErrorType.StringMaxLength) return `must have at most ${schema['maxLength']} characters`;
  if (type === ValueErrorType.IntegerMinimum || type === ValueErrorType.NumberMinimum) return `must be at least ${schema['minimum']}`;
  if (type === ValueErrorType.IntegerMaximum || type === ValueErrorType.NumberMaximum) return `must be at most ${schema['maximum']}`;
  const text = message.charAt(0).toLowerCase() + message.slice(1);
  const what = text.replace(/^expected /, '');
  return what === text ? text : `must be ${choices(schema) ?? PLAIN[what] ?? what}`;
}

/** The library's names of types, for somebody who wrote a document by hand. */
const PLAIN: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'an object',
  string: 'text',
  'union value': 'of another form',
};

/** `one of a, b`, where a schema is a list of constants. */
function choices({ anyOf }: TSchema): string | undefined {
  if (!Array.isArray(anyOf) || anyOf.some((one: TSchema) => one['const'] === undefined)) return undefined;
  return `one of ${anyOf.map((one: TSchema) => String(one['const'])).join(', ')}`;
}
