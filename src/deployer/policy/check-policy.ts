import { SpecRefusedError } from '../../errors/errors.ts';
import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import type { Policy } from '../../schema/policy.ts';
import { objects } from './fields/spec.ts';
import { givenBy } from './given.ts';
import { below } from './shape.ts';
import { type Violation, Visit } from './visit.ts';
import { checkWhole } from './whole.ts';

/** What a policy says of a spec. */
export interface Verdict {
  /** At most 200 of them: more help nobody. */
  readonly violations: readonly Violation[];
  /** How many there are. */
  readonly count: number;
}

/**
 * What this deployer lets into its cluster, whoever asks for it: only what carries the external id, in its own namespace, without owners or powers of its
 * own, and of every object only the fields that are listed.
 */
export function judge(policy: Policy, spec: ViceDeploymentSpec): Verdict {
  const visit = new Visit(givenBy(policy, spec));
  checkWhole(spec, visit);
  for (const [member, shape] of Object.entries(objects)) {
    const sent: unknown = Reflect.get(spec, member);
    if (sent !== undefined) below(shape, sent, visit, member);
  }
  return visit;
}

/** @throws SpecRefusedError with the violations, each with its path in the spec, its rule, and what would be allowed */
export function checkPolicy(policy: Policy, spec: ViceDeploymentSpec): void {
  const { violations, count } = judge(policy, spec);
  if (count > 0) throw new SpecRefusedError(`the deployer's policy refuses the spec: ${countOf(count, violations.length)}`, { faults: violations });
}

function countOf(count: number, told: number): string {
  if (count === 1) return '1 violation';
  return told < count ? `${count} violations, of which ${told} are told` : `${count} violations`;
}
