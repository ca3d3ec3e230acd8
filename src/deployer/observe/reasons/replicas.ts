import { codeIn, type Found, type Reason } from './reason.ts';

const ADMINISTRATOR = 'Ask the administrator of the cluster';

export const REPLICA_REASONS = {
  quota_exceeded: {
    is: "The cluster's quota leaves no room for the analysis",
    hint: 'It starts by itself when other analyses of the cluster end; or ask its administrator for a larger quota.',
  },
  quota_unspecified: {
    is: "The cluster's quota asks for limits that the analysis does not state",
    hint: `${ADMINISTRATOR}: a LimitRange gives them a default.`,
    isFinal: true,
  },
  limit_range: {
    is: 'The analysis asks for more or less of a resource than this cluster allows for one container or pod',
    hint: 'Launch it with other resources, or on another cluster.',
    isFinal: true,
  },
  pod_security: {
    is: 'The Pod Security level of the namespace refuses the pod',
    hint: `${ADMINISTRATOR} whether the level is meant to be so strict.`,
    isFinal: true,
  },
  admission_unavailable: {
    is: 'A program that this cluster asks about every new pod does not answer',
    hint: 'It is tried again by itself; if it goes on, ask the administrator of the cluster.',
  },
  admission_denied: { is: 'A rule of this cluster refuses the pod', hint: `${ADMINISTRATOR} which rule it is; the message names it.`, isFinal: true },
  service_account_missing: {
    is: 'The namespace does not have the service account that pods run under',
    hint: 'A new namespace has it within moments; if it goes on, ask the administrator of the cluster.',
  },
  priority_class_missing: { is: 'The pod names a priority class that the cluster does not have', hint: `${ADMINISTRATOR} to make it.` },
  pod_refused: { is: 'The cluster refuses the pod', hint: `${ADMINISTRATOR}; the message says why.`, isFinal: true },
} as const satisfies Record<string, Reason>;

type ReplicaCode = keyof typeof REPLICA_REASONS;

const SAID: readonly (readonly [RegExp, ReplicaCode])[] = [
  [/exceeded quota/, 'quota_exceeded'],
  [/failed quota|must specify (limits|requests)|must specify [a-z.,]+ for/, 'quota_unspecified'],
  [/violates PodSecurity/, 'pod_security'],
  [/failed calling webhook|failed to call webhook|webhook .* timed? ?out|status unknown for quota/, 'admission_unavailable'],
  [/admission webhook "[^"]*" denied|ValidatingAdmissionPolicy|denied request/, 'admission_denied'],
  [/(maximum|minimum) \S+ usage per|max limit to request ratio|must be less than or equal to/, 'limit_range'],
  [/serviceaccount .*not found|error looking up service account/i, 'service_account_missing'],
  [/no PriorityClass with name|priorityclass.* not found/i, 'priority_class_missing'],
];

/** Why the ReplicaSet could not make a pod, from the Deployment's condition `ReplicaFailure`. */
export function replicaTrouble(said: string): Found<ReplicaCode> {
  return { code: codeIn(said, SAID) ?? 'pod_refused', said };
}
