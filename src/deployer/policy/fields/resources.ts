import type { Policy } from '../../../schema/policy.ts';
import { isRecord } from '../../observe/read.ts';
import { entries, fields, type Shape, shown } from '../shape.ts';
import { isListed, isUpTo } from '../values.ts';

const LIMITS: ReadonlyMap<string, (policy: Policy) => string> = new Map([
  ['cpu', ({ limits }: Policy) => limits.cpu],
  ['memory', ({ limits }: Policy) => limits.memory],
  ['ephemeral-storage', ({ limits }: Policy) => limits.ephemeral_storage],
]);

/** The most of a resource that a container may have; undefined: it may have none of it. */
function limitOf(resource: string, policy: Policy): string | undefined {
  const known = LIMITS.get(resource);
  if (known !== undefined) return known(policy);
  return isListed(resource, policy.resources.gpus) ? String(policy.limits.gpus) : undefined;
}

const amounts: Shape = {
  rule: 'container.resources',
  allows: 'cpu, memory, ephemeral-storage and the extended resources of the policy, each as a quantity up to its limit',
  check(candidate, visit) {
    if (!isRecord(candidate)) return visit.refuse('container.resources', `is ${shown(candidate)}`, this.allows);
    for (const [resource, amount] of entries(candidate, visit)) {
      const limit = limitOf(resource, visit.given.policy);
      if (limit === undefined) visit.refuseByPolicy('container.resources', 'is no resource of an analysis', this.allows, resource);
      else if (!isUpTo(amount, limit))
        visit.refuseByPolicy('container.resources', `is ${shown(amount)}`, `a quantity of at most ${limit}, as text`, resource);
    }
  },
};

export const resources = fields({ rule: 'container.resources', fields: { requests: amounts, limits: amounts } });
