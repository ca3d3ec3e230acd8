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
  return {
    rule,
    allows: `an object of ${names}`,
    fields: known,
    check(value, visit) {
      if (!isRecord(value)) return visit.refuse(rule, 'must be an object', `an object of ${names}`);
      for (const key of Object.keys(value)) {
        const shape = known.get(key);
        if (shape === undefined) visit.refuse(harmful.get(key) ?? rule, 'is not allowed', `leave it out; there may be ${names}`, key);
        else below(shape, value[key], visit, key);
      }
      for (const key of required) {
        if (!Object.hasOwn(value, key)) visit.refuse(known.get(key)?.rule ?? rule, 'is required', known.get(key)?.allows ?? '', key);
      }
      also?.(value, visit);
    },
  };
}

/** A list, every item of one shape. */
export function list(
  rule: RuleId,
  item: Shape,
  most: (given: Given) => number = () => MOST_ITEMS,
  also?: (items: readonly unknown[], visit: Visit) => void,
): Shape {
  return {
    rule,
    allows: `a list, each ${item.fields ? 'item' : item.allows}`,
    item,
    check(value, visit) {
      if (!Array.isArray(value)) return visit.refuse(rule, 'must be a list', 'a list');
      const limit = most(visit.given);
      // Beyond the limit nothing is looked at: the list is refused as a whole, and a long one costs time.
      if (value.length > limit) return visit.refuse(rule, `has ${value.length} items`, `at most ${limit}`);
      for (const [index, one] of value.entries()) below(item, one, visit, index);
      also?.(value, visit);
    },
  };
}

/** Lists that no key of the policy limits. */
const MOST_ITEMS = 256;

/** An object whose shape depends on its name. */
export function byName(rule: RuleId, shapes: Readonly<Record<string, Shape>>): Shape {
  const known = new Map(Object.entries(shapes));
  const allows = [...known.keys()].join(', ');
  return {
    rule,
    allows: `one of ${allows}`,
    fields: known,
    check(value, visit) {
      if (!isRecord(value)) return visit.refuse(rule, 'must be an object', `one of ${allows}`);
      const shape = known.get(String(value['name']));
      if (shape === undefined) visit.refuse(rule, `is ${shown(value['name'])}`, `one of ${allows}`, 'name');
      else shape.check(value, visit);
    },
  };
}

/** A single value. `allows` ends the sentence "it must be ...". */
export function value(rule: RuleId, allows: string, is: (candidate: unknown, given: Given) => boolean, example?: (given: Given) => string): Shape {
  return {
    rule,
    allows,
    check(candidate, visit) {
      if (is(candidate, visit.given)) return;
      visit.refuse(rule, `is ${shown(candidate)}`, example === undefined ? allows : `${allows}: ${example(visit.given)}`);
    },
  };
}

/** As `shape`, and told by another rule where a condition on the value alone does not hold. */
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
  const text = JSON.stringify(candidate);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
