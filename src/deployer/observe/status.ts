import type { DeploymentStatus, Phase, UrlReady } from '../../schema/deployment-status.ts';
import { containerStatus } from './containers.ts';
import type { Facts } from './facts.ts';
import { type Trouble, whyIncomplete, whyLeaving, whyNotRunning } from './reasons/find-trouble.ts';
import { isLeaving } from './reasons/whole.ts';
import { anchorIn, hasReadyPod, ofKind, type View } from './view.ts';

/** How a view came about. */
export interface Observation {
  /** When the cluster was last known to be like this. */
  readonly observedAt: Date;
  readonly revision: string;
}

/** What an analysis is like; `view` holds something of it. */
export function statusOf(view: View, { observedAt, revision }: Observation): DeploymentStatus {
  const anchor = anchorIn(view);
  const { phase, trouble } = phaseOf(view, observedAt);
  return {
    external_id: view.external_id,
    phase,
    ...(trouble && { reason_code: trouble.reason_code, message: trouble.message, hint: trouble.hint }),
    containers: ofKind(view, 'Pod').flatMap(containersOf),
    url_ready: urlReadyOf(view).ready,
    // What outlived its anchor no longer says for which attempt, nor with which spec, it was made.
    attempt: anchor?.attempt ?? 1,
    spec_hash: anchor?.spec_hash ?? '',
    observed_at: observedAt.toISOString(),
    revision,
  };
}

export function urlReadyOf(view: View): UrlReady {
  const isRemoved = isLeaving(view);
  const deployment = !isRemoved && ofKind(view, 'Deployment').some((one) => (one.details?.deployment?.readyReplicas ?? 0) > 0);
  const service = ofKind(view, 'Service').some(({ isTerminating }) => !isTerminating);
  const route = [...ofKind(view, 'Ingress'), ...ofKind(view, 'HTTPRoute')].some(({ isTerminating }) => !isTerminating);
  const endpoints = ofKind(view, 'EndpointSlice').some((slice) => (slice.details?.endpoints?.ready ?? 0) > 0);
  return { ready: deployment && service && route && endpoints, deployment, service, route, endpoints };
}

function containersOf({ name, details }: Facts) {
  return (details?.pod?.containers ?? []).map((container) => containerStatus(name, container));
}

function phaseOf(view: View, now: Date): { readonly phase: Phase; readonly trouble?: Trouble } {
  if (isLeaving(view)) return { phase: 'terminating', trouble: whyLeaving(view, now) };
  const incomplete = whyIncomplete(view);
  if (incomplete) return { phase: 'incomplete', trouble: incomplete };
  if (hasReadyPod(view)) return { phase: 'running' };
  const trouble = whyNotRunning(view);
  return { phase: trouble.isFinal ? 'failed' : 'pending', trouble };
}
