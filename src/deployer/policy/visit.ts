import type { Given } from './given.ts';
import { RULES, type Rule, type RuleId } from './rules.ts';

/** One thing in a spec that the policy refuses. */
export interface Violation {
  readonly path: string;
  readonly message: string;
  readonly rule: RuleId;
  /** What would be let in, and the key of the policy that decides it, if one does. */
  readonly allowed: string;
}

/** More than this helps nobody, and a hostile spec could have hundreds of thousands. */
export const MOST_VIOLATIONS = 200;
const LONGEST_STEP = 100;

interface Found {
  readonly rule: RuleId;
  readonly message: string;
  readonly allowed: () => string;
}

/** A walk through a spec: where it is, and what it has found. */
export class Visit {
  readonly given: Given;
  readonly violations: Violation[] = [];
  readonly #path: (string | number)[] = [];

  constructor(given: Given) {
    this.given = given;
  }

  /** Whoever goes through many things stops here. */
  get isFull(): boolean {
    return this.violations.length >= MOST_VIOLATIONS;
  }

  /** Everything until `leave` stands below this key or index. */
  enter(step: string | number): void {
    this.#path.push(step);
  }

  leave(): void {
    this.#path.pop();
  }

  /** Tells of a violation here, or at `below`. */
  refuse(rule: RuleId, message: string, allowed: string, ...below: readonly (string | number)[]): void {
    this.#tell({ rule, message, allowed: () => allowed }, below);
  }

  /** As `refuse`, where the administrator could have let it in: says which key of the policy that is, and what stands there. */
  refuseByPolicy(rule: RuleId, message: string, allowed: string, ...below: readonly (string | number)[]): void {
    this.#tell({ rule, message, allowed: () => `${allowed}${decidedBy(rule, this.given)}` }, below);
  }

  #tell({ rule, message, allowed }: Found, below: readonly (string | number)[]): void {
    if (this.isFull) return;
    this.violations.push({ path: pathOf([...this.#path, ...below]), message, rule, allowed: allowed() });
  }
}

function pathOf(steps: readonly (string | number)[]): string {
  let path = '';
  for (const step of steps) {
    if (typeof step === 'number') path += `[${step}]`;
    else path += `${path === '' ? '' : '.'}${step.length > LONGEST_STEP ? `${step.slice(0, LONGEST_STEP)}…` : step}`;
  }
  return path;
}

function decidedBy(id: RuleId, { policy }: Given): string {
  const { key }: Rule = RULES[id];
  if (key === undefined) return '';
  let value: unknown = policy;
  // Keys of the table are paths into the policy, which is plain data.
  for (const step of key.split('.')) value = Reflect.get(value as object, step);
  const isSection = typeof value === 'object' && !Array.isArray(value);
  return ` (policy ${key}${isSection ? '' : `: ${JSON.stringify(value)}`})`;
}
