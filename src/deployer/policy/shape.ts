import { isRecord, type Json } from '../observe/read.ts';
import type { Given } from './given.ts';
import type { RuleId } from './rules.ts';
import type { Visit } from './visit.ts';

/** What may stand in one place of a spec: it checks, and it can be told of. */
export interface Shape {
  /** Tells `visit` of everything in `value` that is not let in. */
  check(value: unknown, visit: Visit): void;
  /** The rule that speaks where it is not what it must be as a whole. */
  readonly rule: RuleId;
  /** A noun phrase: `a whole number from 0 to 5`. */
  readonly allows: string;
  /** What may stand below it. */
  readonly fields?: ReadonlyMap<string, Shape>;
  readonly required?: readonly string[];
  /** Its fields are not below it: each is what it may be as a whole, by its name. */
  readonly isByName?: true;
  readonly item?: Shape;
}

/** A condition over several fields. */
export type Also = (value: Json, visit: Visit) => void;

export interface Fields {
  /** Of everything in it that is not listed. */
  readonly rule: RuleId;
  readonly fields: Readonly<Record<string, Shape>>;
  /** Fields that have a rule of their own because they are known to do harm. */
  readonly refused?: Readonly<Record<string, RuleId>>;
  readonly required?: readonly string[];
  readonly also?: Also;
}

/** An object of these fields and no others. */
export function fields({ rule, fields: listed, refused = {}, required = [], also }: Fields): Shape {
  // Maps, so that no key of a spec is found on the prototype of an object.
  const known = new Map(Object.entries(listed));
  const harmful = new Map(Object.entries(refused));
  const names = [...known.keys()].join(', ');
  const allows = `an object of ${names}`;
  const beside = `nothing; beside it there may be ${names}`;
  const checkKey = (key: string, candidate: unknown, visit: Visit) => {
    const shape = known.get(key);
    if (shape !== undefined) return below(shape, candidate, visit, key);
    visit.refuse(harmful.get(key) ?? rule, 'is not allowed', beside, key);
  };
  return {
    rule,
    allows,
    fields: known,
    required,
    check(value, visit) {
      if (!isRecord(value)) return visit.refuse(rule, `is ${shown(value)}`, allows);
      for (const [key, candidate] of entries(value, visit)) checkKey(key, candidate, visit);
      for (const key of required) {
        if (!Object.hasOwn(value, key)) visit.refuse(known.get(key)?.rule ?? rule, 'is required', known.get(key)?.allows ?? '', key);
      }
      also?.(value, visit);
    },
  };
}

/** The members of an object, until enough is known to be wrong: it may have a hundred thousand. */
export function* entries(value: Json, visit: Visit): Generator<readonly [key: string, member: unknown]> {
  for (const key of Object.keys(value)) {
    if (visit.isFull) return;
    yield [key, value[key]];
  }
}

/** Of lists that no key of the policy limits. */
const MOST_ITEMS = 256;

export interface ListOptions {
  /** @default 0 */
  readonly least?: number;
  /** What a key of the policy says. @default 256 */
  readonly most?: (given: Given) => number;
  readonly also?: (items: readonly unknown[], visit: Visit) => void;
}

/** A list, every item of one shape. */
export function list(rule: RuleId, item: Shape, { least = 0, most, also }: ListOptions = {}): Shape {
  return {
    rule,
    allows: 'a list',
    item,
    check(value, visit) {
      if (!Array.isArray(value)) return visit.refuse(rule, `is ${shown(value)}`, 'a list');
      const limit = most?.(visit.given) ?? MOST_ITEMS;
      // Beyond the limit nothing is looked at: the list is refused as a whole, and a long one costs time.
      if (value.length > limit) {
        return visit[most === undefined ? 'refuse' : 'refuseByPolicy'](rule, `has ${value.length} items`, `at most ${limit}`);
      }
      if (value.length < least) visit.refuse(rule, 'is empty', `at least ${least}`);
      for (const [index, one] of value.entries()) below(item, one, visit, index);
      also?.(value, visit);
    },
  };
}

/** Of two items with one name, the second is refused. */
export function namedOnce(rule: RuleId): (items: readonly unknown[], visit: Visit) => void {
  return (items, visit) => {
    const seen = new Set<unknown>();
    for (const [index, item] of items.entries()) {
      const name = isRecord(item) ? item['name'] : undefined;
      if (seen.has(name)) visit.refuse(rule, `is there twice: ${shown(name)}`, 'each name once', index, 'name');
      seen.add(name);
    }
  };
}

/** An object whose shape depends on its name. */
export function byName(rule: RuleId, shapes: Readonly<Record<string, Shape>>): Shape {
  const known = new Map(Object.entries(shapes));
  const allows = `one of ${[...known.keys()].join(', ')}`;
  return {
    rule,
    allows,
    fields: known,
    isByName: true,
    check(value, visit) {
      if (!isRecord(value)) return visit.refuse(rule, `is ${shown(value)}`, `an object, which is ${allows}`);
      const shape = known.get(String(value['name']));
      if (shape === undefined) visit.refuse(rule, `is ${shown(value['name'])}`, allows, 'name');
      else shape.check(value, visit);
    },
  };
}

/** A condition on a single value. */
export interface Value {
  readonly rule: RuleId;
  /** A noun phrase. */
  readonly allows: string;
  readonly is: (candidate: unknown, given: Given) => boolean;
  /** What it is for this spec, where `allows` says it in general. */
  readonly here?: (given: Given) => string;
  /** A key of the policy decides. */
  readonly byPolicy?: boolean;
  /** The value may be a secret of a user: it is not repeated. */
  readonly isPrivate?: boolean;
}

export function value({ rule, allows, is, here, byPolicy = false, isPrivate = false }: Value): Shape {
  return {
    rule,
    allows,
    check(candidate, visit) {
      if (is(candidate, visit.given)) return;
      const message = isPrivate && typeof candidate === 'string' ? 'is another text' : `is ${shown(candidate)}`;
      visit[byPolicy ? 'refuseByPolicy' : 'refuse'](rule, message, here === undefined ? allows : `${allows}: ${here(visit.given)}`);
    },
  };
}

/** Checks what stands at `step` below the place of `visit`. */
export function below(shape: Shape, candidate: unknown, visit: Visit, step: string | number): void {
  visit.enter(step);
  shape.check(candidate, visit);
  visit.leave();
}

/** A value for the sentence "is ...", shortened. */
export function shown(candidate: unknown): string {
  if (candidate === undefined) return 'missing';
  if (Array.isArray(candidate)) return 'a list';
  if (isRecord(candidate)) return 'an object';
  if (typeof candidate !== 'string') return String(candidate);
  return JSON.stringify(candidate.length > LONGEST_SHOWN ? `${candidate.slice(0, LONGEST_SHOWN)}…` : candidate);
}

const LONGEST_SHOWN = 80;
