import type { Facts } from '../facts.ts';
import type { PodFacts } from '../pod-facts.ts';
import { ofKind, type View } from '../view.ts';
import type { Warning } from '../warnings.ts';
import { claimTrouble, lostClaim } from './claims.ts';
import { containerTrouble } from './containers.ts';
import { podEnd } from './ends.ts';
import { mountTrouble } from './mounts.ts';
import { progressOf } from './progress.ts';
import { replicaTrouble } from './replicas.ts';
import { isAboutClaims, schedulingTrouble } from './scheduling.ts';

/** What is wrong with the pods of an analysis that is whole; undefined when nothing is, or there is none. */
export function podTrouble(view: View) {
  const claims = ofKind(view, 'PersistentVolumeClaim');
  const lost = lostClaim(claims);
  if (lost) return lost;
  const live = livePod(view);
  if (live) return livePodTrouble(live, claims, view.warnings ?? []);
  const failure = ofKind(view, 'Deployment')[0]?.details?.deployment?.failure;
  return failure === undefined ? undefined : replicaTrouble(failure);
}

/** How an earlier pod ended, while the one that takes its place is not ready. */
export function formerEnd(view: View) {
  const former = ofKind(view, 'Pod').toSorted((a, b) => b.createdAt - a.createdAt);
  return former.flatMap(({ details }) => (details?.pod && podEnd(details.pod)) ?? []).at(0);
}

/** Where an analysis is on its way, when nothing is wrong. */
export function podProgress(view: View) {
  const pod = livePod(view)?.details?.pod;
  if (pod) return progressOf(pod);
  return { code: ofKind(view, 'Pod').some(({ isTerminating }) => isTerminating) ? 'replacing' : 'awaiting_pod' } as const;
}

/** The pod that is to run: an evicted one, or one that is being deleted, stays beside it for a while. */
function livePod(view: View): Facts | undefined {
  const live = ofKind(view, 'Pod').filter(({ isTerminating, details }) => !isTerminating && !hasEnded(details?.pod));
  return live.toSorted((a, b) => b.createdAt - a.createdAt)[0];
}

function hasEnded(pod: PodFacts | undefined): boolean {
  return pod?.phase === 'Failed' || pod?.phase === 'Succeeded';
}

function livePodTrouble({ uid, details }: Facts, claims: readonly Facts[], warnings: readonly Warning[]) {
  const pod = details?.pod;
  if (pod === undefined) return undefined;
  if (!pod.isScheduled) return unscheduled(pod, claims, warnings);
  const told = warnings.filter(({ about }) => about === uid);
  if (isNodeLost(pod, told)) return { code: 'node_lost' } as const;
  const trouble = pod.containers.map((container) => containerTrouble(container, told)).find((found) => found !== undefined);
  if (trouble) return trouble;
  // A volume that could not be mounted at first is old news once a container runs.
  const isMounting = pod.containers.every(({ state }) => state === 'waiting' || state === 'unknown');
  return (isMounting ? mountTrouble(told) : undefined) ?? podEnd(pod);
}

function unscheduled(pod: PodFacts, claims: readonly Facts[], warnings: readonly Warning[]) {
  const { unschedulable: said, isGated } = pod;
  if (isGated) return { code: 'scheduling_gated', said } as const;
  const claim = claimTrouble(claims, warnings);
  if (said === undefined) return claim?.code === 'volume_waiting_for_pod' ? undefined : claim;
  if (!isAboutClaims(said)) return schedulingTrouble(said);
  if (/persistentvolumeclaim "[^"]*" not found/.test(said)) return { code: 'claim_missing', said } as const;
  return claim ?? ({ code: 'volume_unbound', about: 'of the analysis', said } as const);
}

/** Of a lost node nobody says any more that its containers are not ready: only the pod as a whole is set to be so. */
function isNodeLost(pod: PodFacts, told: readonly Warning[]): boolean {
  if (pod.reason === 'NodeLost') return true;
  const areReady = pod.containers.length > 0 && pod.containers.every(({ init, ready }) => init || ready);
  return !pod.isReady && areReady && told.some(({ reason }) => reason === 'NodeNotReady');
}
