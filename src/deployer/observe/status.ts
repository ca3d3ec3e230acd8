import type { DeploymentStatus, Phase, UrlReady } from '../../schema/deployment-status.ts';
import { containerStatus } from './containers.ts';
import type { Facts } from './facts.ts';
import type { PodFacts } from './pod-facts.ts';
import { type Trouble, troubleOf } from './trouble.ts';
import { anchorIn, missingIn, objectsIn, ofKind, type View } from './view.ts';

/** How a view came about. */
export interface Observation {
  /** When the cluster was last known to be like this. */
  readonly observedAt: Date;
  readonly revision: string;
}

/** What an analysis is like; `view` holds something of it. */
export function statusOf(view: View, { observedAt, revision }: Observation): DeploymentStatus {
  const anchor = anchorIn(view);
  const { phase, trouble } = phaseOf(view, podsIn(view));
  return {
    external_id: view.external_id,
    phase,
    ...(trouble && { reason_code: trouble.reason_code, message: trouble.message }),
    ...(trouble?.hint !== undefined && { hint: trouble.hint }),
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
  const isRemoved = anchorIn(view)?.isTerminating !== false;
  const deployment = !isRemoved && ofKind(view, 'Deployment').some((one) => (one.details?.deployment?.readyReplicas ?? 0) > 0);
  const service = ofKind(view, 'Service').some(({ isTerminating }) => !isTerminating);
  const route = [...ofKind(view, 'Ingress'), ...ofKind(view, 'HTTPRoute')].some(({ isTerminating }) => !isTerminating);
  const endpoints = ofKind(view, 'EndpointSlice').some((slice) => (slice.details?.endpoints?.ready ?? 0) > 0);
  return { ready: deployment && service && route && endpoints, deployment, service, route, endpoints };
}

function podsIn(view: View): readonly PodFacts[] {
  return ofKind(view, 'Pod').flatMap(({ details }) => details?.pod ?? []);
}

function containersOf({ name, details }: Facts) {
  return (details?.pod?.containers ?? []).map((container) => containerStatus(name, container));
}

function phaseOf(view: View, pods: readonly PodFacts[]): { readonly phase: Phase; readonly trouble?: Trouble } {
  const anchor = anchorIn(view);
  if (anchor === undefined || anchor.isTerminating) return { phase: 'terminating' };
  const missing = missingIn(view);
  if (missing.length > 0) return { phase: 'incomplete', trouble: incomplete(missing) };
  const leaving = objectsIn(view).filter(({ isTerminating }) => isTerminating);
  if (leaving.length > 0) return { phase: 'incomplete', trouble: incomplete(leaving.map(({ kind, name }) => `${kind}/${name}`)) };
  if (pods.some(({ isReady }) => isReady)) return { phase: 'running' };
  const trouble = troubleOf(ofKind(view, 'Deployment')[0]?.details?.deployment?.failure, pods);
  return { phase: trouble?.isFinal ? 'failed' : 'pending', ...(trouble && { trouble }) };
}

function incomplete(names: readonly string[]): Trouble {
  const message = `Not everything of the analysis is in the cluster; missing: ${names.join(', ')}.`;
  return { reason_code: 'incomplete', message, hint: 'The same launch again completes it, an exit removes it.', isFinal: false };
}
