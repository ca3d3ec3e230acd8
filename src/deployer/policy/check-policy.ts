import { SpecRefusedError } from '../../errors/errors.ts';
import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import type { Policy } from '../../schema/policy.ts';
import { objects } from './fields/spec.ts';
import { givenBy } from './given.ts';
import { below } from './shape.ts';
import { MOST_VIOLATIONS, type Violation, Visit } from './visit.ts';
import { checkWhole } from './whole.ts';

/**
 * What this deployer lets into its cluster, whoever asks for it: only what carries the external id, in its own namespace, without owners or powers of its
 * own, and of every object only the fields that are listed. Gives what is refused, at most 200 violations: more help nobody.
 */
export function judge(policy: Policy, spec: ViceDeploymentSpec): readonly Violation[] {
  const visit = new Visit(givenBy(policy, spec));
  checkWhole(spec, visit);
  for (const [member, shape] of Object.entries(objects)) {
    const sent: unknown = Reflect.get(spec, member);
    if (sent !== undefined) below(shape, sent, visit, member);
  }
  return visit.violations;
}

/** @throws SpecRefusedError with the violations, each with its path in the spec, its rule, and what would be allowed */
export function checkPolicy(policy: Policy, spec: ViceDeploymentSpec): void {
  const faults = judge(policy, spec);
  if (faults.length > 0) throw new SpecRefusedError(`the deployer's policy refuses the spec: ${countOf(faults)}`, { faults });
}

/** For a sentence. */
export function countOf({ length }: readonly Violation[]): string {
  if (length === 1) return '1 violation';
  return length >= MOST_VIOLATIONS ? `${length} violations or more` : `${length} violations`;
}
