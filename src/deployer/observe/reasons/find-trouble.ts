import { ofKind, type View } from '../view.ts';
import { CLAIM_REASONS } from './claims.ts';
import { CONTAINER_REASONS } from './containers.ts';
import { END_REASONS } from './ends.ts';
import { IMAGE_REASONS } from './images.ts';
import { MOUNT_REASONS } from './mounts.ts';
import { formerEnd, podProgress, podTrouble } from './pods.ts';
import { PROGRESS_REASONS } from './progress.ts';
import type { Found, Reason } from './reason.ts';
import { REPLICA_REASONS } from './replicas.ts';
import { SCHEDULING_REASONS } from './scheduling.ts';
import { incompleteness, removalOf, WHOLE_REASONS } from './whole.ts';

/** Every cause that a status tells, by what it is about, in the order of an analysis' life. */
export const REASON_GROUPS = {
  'the analysis as a whole': WHOLE_REASONS,
  'the pod is refused': REPLICA_REASONS,
  'the pod has no node': SCHEDULING_REASONS,
  'a claim has no volume': CLAIM_REASONS,
  'the containers cannot be made': MOUNT_REASONS,
  'an image cannot be pulled': IMAGE_REASONS,
  'a container': CONTAINER_REASONS,
  'the pod ended': END_REASONS,
  'nothing is wrong': PROGRESS_REASONS,
} as const satisfies Record<string, Record<string, Reason>>;

type Groups = typeof REASON_GROUPS;
export type ReasonCode = { [G in keyof Groups]: keyof Groups[G] }[keyof Groups];

const REASONS: Readonly<Record<ReasonCode, Reason>> = Object.assign({}, ...Object.values(REASON_GROUPS));

/** Why an analysis does not run, for programs and for people. */
export interface Trouble {
  readonly reason_code: ReasonCode;
  readonly message: string;
  readonly hint: string;
  /** It does not go away without somebody's doing. */
  readonly isFinal: boolean;
}

/** Why an analysis is still there that is being removed, or was. */
export function whyLeaving(view: View, now: Date): Trouble {
  return told(removalOf(view, now));
}

/** What an analysis lacks that is there in part. */
export function whyIncomplete(view: View): Trouble | undefined {
  const found = incompleteness(view);
  return found && told(found);
}

/** Why an analysis that is whole has no ready pod. What keeps it from running comes before what only explains why that takes long. */
export function whyNotRunning(view: View): Trouble {
  return told(podTrouble(view) ?? stopped(view) ?? formerEnd(view) ?? podProgress(view));
}

/** What its Deployment says of it, where its pods say nothing. */
function stopped(view: View): Found<'scaled_to_zero' | 'deployment_paused' | 'progress_deadline'> | undefined {
  const deployment = ofKind(view, 'Deployment')[0]?.details?.deployment;
  if (deployment?.wantedReplicas === 0) return { code: 'scaled_to_zero' };
  if (deployment?.isPaused && ofKind(view, 'Pod').length === 0) return { code: 'deployment_paused' };
  return deployment?.isOverdue ? { code: 'progress_deadline' } : undefined;
}

function told({ code, about, said, isFinal }: Found<ReasonCode>): Trouble {
  const { is, hint, isFinal: isAlwaysFinal = false } = REASONS[code];
  const sentence = is.replace('{about}', about ?? '');
  const message = said === undefined || said === '' ? sentence : `${sentence}: ${said}`;
  return { reason_code: code, message: /[.…]$/.test(message) ? message : `${message}.`, hint, isFinal: isFinal ?? isAlwaysFinal };
}
