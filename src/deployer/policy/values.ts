import { isMatch } from '../../schema/glob.ts';
import type { Policy } from '../../schema/policy.ts';
import { parseQuantity } from '../../schema/quantity.ts';
import type { Given } from './given.ts';
import type { RuleId } from './rules.ts';
import { type Shape, value } from './shape.ts';

/** One of these constants. */
export function exactly(rule: RuleId, ...allowed: readonly (string | number | boolean)[]): Shape {
  const known = new Set<unknown>(allowed);
  const words = allowed.map((one) => (one === '' ? 'the empty text' : `\`${one}\``));
  return value({ rule, allows: words.join(' or '), is: (candidate) => known.has(candidate) });
}

export function flag(rule: RuleId): Shape {
  return exactly(rule, true, false);
}

/** Text of this form. */
export function text(rule: RuleId, allows: string, pattern: RegExp): Shape {
  return value({ rule, allows, is: (candidate) => typeof candidate === 'string' && pattern.test(candidate) });
}

export function whole(rule: RuleId, least: number, most: number): Shape {
  return value({ rule, allows: `a whole number from ${least} to ${most}`, is: (candidate) => isWhole(candidate, least, most) });
}

export function isWhole(candidate: unknown, least: number, most: number): boolean {
  return Number.isInteger(candidate) && Number(candidate) >= least && Number(candidate) <= most;
}

/** The text that the analysis itself decides. */
export function own(rule: RuleId, allows: string, of: (given: Given) => string): Shape {
  return value({ rule, allows, is: (candidate, given) => candidate === of(given), here: of });
}

/** A text that one of the policy's patterns matches. A bare `*` leaves out what `reserved` knows: that must be named. */
export function listed(rule: RuleId, allows: string, patterns: (policy: Policy) => readonly string[], reserved?: RegExp): Shape {
  return value({ rule, allows, byPolicy: true, is: (candidate, { policy }) => isListed(candidate, patterns(policy), reserved) });
}

export function isListed(candidate: unknown, patterns: readonly string[], reserved?: RegExp): boolean {
  if (typeof candidate !== 'string' || candidate === '' || candidate.length > LONGEST_NAME) return false;
  return patterns.some((pattern) => (pattern === '*' ? reserved === undefined || !reserved.test(candidate) : isMatch(pattern, candidate)));
}

/** A quantity in the strict notation of Kubernetes, as text, from 0 to a limit of the policy. */
export function amount(rule: RuleId, limit: (policy: Policy) => string): Shape {
  return value({
    rule,
    allows: 'a quantity in the notation of Kubernetes, as text',
    byPolicy: true,
    is: (candidate, { policy }) => isUpTo(candidate, limit(policy)),
    here: ({ policy }) => `at most ${limit(policy)}`,
  });
}

export function isUpTo(candidate: unknown, limit: string): boolean {
  // Longer is no amount that anybody means, and digits without end cost time.
  if (typeof candidate !== 'string' || candidate.length > 64) return false;
  const given = parseQuantity(candidate);
  const most = parseQuantity(limit);
  return given !== undefined && most !== undefined && given.nano >= 0n && given.nano <= most.nano;
}

/** Names, keys and hosts of Kubernetes are shorter: a prefix of 253 characters, a slash and 63 more. */
const LONGEST_NAME = 317;
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
export const DNS_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
/** Labels and taints of Kubernetes itself. */
export const KUBERNETES_OWN = /^([-a-z0-9.]*\.)?(kubernetes|k8s)\.io\//i;
/** An absolute path without `:`, which container runtimes take for a separator, on one line. */
export const PATH = /^\/[^:\p{Cc}]{0,4095}$/u;
