import type { Change } from './hostile-case.ts';

/** RFC 6902 `add`, `replace` and `remove`, in place. @throws where the change does not fit: a case that changes nothing proves nothing */
export function applyChange(document: unknown, { op, path, value }: Change): unknown {
  const steps = path.split('/').slice(1);
  const keys = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop();
  if (last === undefined) return value;
  const parent = keys.reduce((at: unknown, key) => memberOf(at, key, path), document);
  if (typeof parent !== 'object' || parent === null) throw new Error(`${path}: nothing to change`);
  if (op !== 'add' && !Object.hasOwn(parent, last)) throw new Error(`${path} is not there`);
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    parent.splice(index, op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value]));
  } else if (op === 'remove') Reflect.deleteProperty(parent, last);
  else Object.defineProperty(parent, last, { value, enumerable: true, configurable: true, writable: true });
  return document;
}

function memberOf(at: unknown, key: string, path: string): unknown {
  if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) throw new Error(`${path}: there is no ${key}`);
  const member: unknown = Reflect.get(at, key);
  return member;
}
