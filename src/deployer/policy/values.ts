import { isMatch } from '../../schema/glob.ts';
import type { Policy } from '../../schema/policy.ts';
import { parseQuantity } from '../../schema/quantity.ts';
import type { Given } from './given.ts';
import type { RuleId } from './rules.ts';
import { type Shape, value } from './shape.ts';

export function exactly(rule: RuleId, ...allowed: readonly (string | number | boolean)[]): Shape {
  const is = new Set<unknown>(allowed);
  return value(rule, allowed.length === 1 ? `${allowed[0]}` : `one of ${allowed.join(', ')}`, (candidate) => is.has(candidate));
}

export function flag(rule: RuleId): Shape {
  return value(rule, 'true or false', (candidate) => typeof candidate === 'boolean');
}

export function text(rule: RuleId, allows: string, pattern: RegExp): Shape {
  return value(rule, allows, (candidate) => typeof candidate === 'string' && pattern.test(candidate));
}

export function whole(rule: RuleId, least: number, most: number): Shape {
  return value(rule, `a whole number from ${least} to ${most}`, (candidate) => isWhole(candidate, least, most));
}

export function isWhole(candidate: unknown, least: number, most: number): boolean {
  return Number.isInteger(candidate) && Number(candidate) >= least && Number(candidate) <= most;
}

/** The text that the analysis itself decides. */
export function own(rule: RuleId, allows: string, of: (given: Given) => string): Shape {
  return value(rule, allows, (candidate, given) => candidate === of(given), of);
}

/** A text that one of the policy's patterns matches. A bare `*` leaves out what `reserved` knows: that must be named. */
export function listed(rule: RuleId, allows: string, patterns: (policy: Policy) => readonly string[], reserved?: RegExp): Shape {
  return value(rule, allows, (candidate, { policy }) => isListed(candidate, patterns(policy), reserved));
}

export function isListed(candidate: unknown, patterns: readonly string[], reserved?: RegExp): boolean {
  if (typeof candidate !== 'string' || candidate === '') return false;
  return patterns.some((pattern) => (pattern === '*' ? reserved === undefined || !reserved.test(candidate) : isMatch(pattern, candidate)));
}

/** A quantity in the strict notation of Kubernetes, as text, from 0 to a limit of the policy. */
export function amount(rule: RuleId, limit: (policy: Policy) => string): Shape {
  return value(
    rule,
    'a quantity in the notation of Kubernetes, as text',
    (candidate, { policy }) => isUpTo(candidate, limit(policy)),
    ({ policy }) => `at most ${limit(policy)}`,
  );
}

function isUpTo(candidate: unknown, limit: string): boolean {
  // Longer is no amount that anybody means, and digits without end cost time.
  if (typeof candidate !== 'string' || candidate.length > 64) return false;
  const given = parseQuantity(candidate);
  const most = parseQuantity(limit);
  return given !== undefined && most !== undefined && given.nano >= 0n && given.nano <= most.nano;
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
/** Labels and taints of Kubernetes itself. */
export const KUBERNETES_OWN = /^([-a-z0-9.]*\.)?(kubernetes|k8s)\.io\//i;
