import type { Given } from '../given.ts';
import type { RuleId } from '../rules.ts';
import { fields, list, type Shape, value } from '../shape.ts';
import { exactly, flag, isListed, isWhole, text } from '../values.ts';

/** A user or a group in the policy's range. */
const user = value({
  rule: 'pod.users',
  allows: 'a whole number in the range of the policy',
  byPolicy: true,
  is: (candidate, given) => isUser(candidate, given),
  here: ({ policy: { security } }) => `${security.least_user} to ${security.most_user}`,
});

export function isUser(candidate: unknown, { policy: { security } }: Given): boolean {
  return isWhole(candidate, security.least_user, security.most_user);
}

function runtimeDefault(rule: RuleId): Shape {
  const is = (candidate: unknown) => JSON.stringify(candidate) === '{"type":"RuntimeDefault"}';
  return value({ rule, allows: '`{type: RuntimeDefault}`', is });
}

/** Of the pod. */
export const podSecurity = fields({
  rule: 'pod.security',
  fields: {
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    runAsNonRoot: exactly('pod.security', true),
    seccompProfile: runtimeDefault('pod.security'),
    appArmorProfile: runtimeDefault('pod.security'),
  },
  refused: { sysctls: 'pod.sysctls' },
  also: ({ runAsUser }, visit) => {
    const { least_user } = visit.given.policy.security;
    if (runAsUser === undefined && least_user > 0) visit.refuseByPolicy('pod.users', 'is required', `at least ${least_user}`, 'runAsUser');
  },
});

/** Of a container, which may add capabilities or not. */
export function containerSecurity(mayAdd: (given: Given) => readonly string[]): Shape {
  const added = value({
    rule: 'container.capabilities',
    allows: 'what the policy lists, of `input-files-init` alone',
    byPolicy: true,
    is: (candidate, given) => candidate !== 'ALL' && isListed(candidate, mayAdd(given)),
    here: (given) => JSON.stringify(mayAdd(given)),
  });
  const dropped = text('container.capabilities', 'the name of a capability', /^[A-Z_]{1,64}$/);
  return fields({
    rule: 'container.security',
    fields: {
      runAsUser: user,
      runAsGroup: user,
      runAsNonRoot: exactly('container.security', true),
      readOnlyRootFilesystem: flag('container.security'),
      privileged: exactly('container.privileged', false),
      allowPrivilegeEscalation: exactly('container.privileged', false),
      seccompProfile: runtimeDefault('container.security'),
      appArmorProfile: runtimeDefault('container.security'),
      capabilities: fields({
        rule: 'container.capabilities',
        fields: { add: list('container.capabilities', added), drop: list('container.capabilities', dropped) },
      }),
    },
  });
}
