import { isDeepStrictEqual } from 'node:util';
import { ViceError } from '../errors/vice-error.ts';

/** A deployer does not keep a promise of the contract; the message says which, in one line. */
export class ContractBreachError extends ViceError {
  override readonly name = 'ContractBreachError';
  readonly code = 'contract_breach';
  readonly status = 502;
}

/** Longer texts say no more to whoever reads a table. */
const LONGEST_SHOWN = 400;

/** @throws ContractBreachError unless both are the same, value by value */
export function equal<T>(actual: T, expected: T, what: string): void {
  if (!isDeepStrictEqual(actual, expected)) throw new ContractBreachError(`${what}: expected ${shown(expected)}, got ${shown(actual)}`);
}

/** @throws ContractBreachError unless `actual` is one of `allowed` */
export function oneOf<T>(actual: T, allowed: readonly T[], what: string): void {
  if (!allowed.includes(actual)) throw new ContractBreachError(`${what}: expected one of ${shown(allowed)}, got ${shown(actual)}`);
}

/** @throws ContractBreachError unless each of `wanted` is among `all` */
export function contains<T>(all: readonly T[], wanted: readonly T[], what: string): void {
  const missing = wanted.filter((one) => !all.includes(one));
  if (missing.length > 0) throw new ContractBreachError(`${what}: ${shown(missing)} is missing in ${shown(all)}`);
}

/** @throws ContractBreachError unless `condition` holds; the sentence says what is wrong when it does not */
export function holds(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new ContractBreachError(sentence);
}

/** A value as one line of bounded length. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
