import type { Facts } from '../facts.ts';
import { anchorIn, missingIn, objectsIn, type View } from '../view.ts';
import type { Found, Reason } from './reason.ts';

/** About the analysis as a whole, whatever its pods do. */
export const WHOLE_REASONS = {
  terminating: { is: 'The analysis is being removed', hint: 'Wait; a pod is given time to end well.' },
  terminating_long: {
    is: 'The removal of the analysis has taken more than ten minutes; still there: {about}',
    hint: 'A node that does not answer, or a volume that cannot be unmounted, is the usual cause: ask the administrator.',
  },
  removal_held: {
    is: 'The removal of the analysis has taken more than a minute, and the finalizer of another program holds {about}',
    hint: 'Ask the administrator about that program; the finalizer is named.',
  },
  orphaned: {
    is: 'The analysis was removed, but for {about}',
    hint: 'An exit, or the same launch, removes it; the deployer does so by itself within minutes.',
  },
  incomplete: {
    is: 'Not everything of the analysis is in the cluster; missing: {about}',
    hint: 'The same launch again completes it, an exit removes it.',
  },
  deployment_paused: {
    is: 'The Deployment of the analysis is paused',
    hint: 'Somebody did that by hand, and can resume it by hand; or exit and launch it again.',
  },
  scaled_to_zero: { is: 'The analysis was scaled down to no pods', hint: 'Somebody did that by hand; the same launch again starts it.' },
  progress_deadline: {
    is: 'The analysis has not become ready for longer than its Deployment allows',
    hint: 'Look at the logs of its containers; if there are none, ask the administrator. Exit and launch it again.',
  },
} as const satisfies Record<string, Reason>;

type WholeCode = keyof typeof WHOLE_REASONS;

/** Until then it takes its time, and nobody needs to know what is there yet: each object that goes would be news. */
const HELD_MS = 60_000;
const LONG_MS = 10 * 60_000;

/** Those of Kubernetes itself: it takes them off when the time has come. */
const USUAL_FINALIZERS = new Set(['foregroundDeletion', 'orphan', 'kubernetes.io/pv-protection', 'kubernetes.io/pvc-protection']);

/** An analysis whose anchor is going, or gone, as of `now`. */
export function removalOf(view: View, now: Date): Found<WholeCode> {
  const leaving = view.facts.filter(({ isTerminating }) => isTerminating);
  if (leaving.length === 0) return { code: 'orphaned', about: namesOf(objectsIn(view)) };
  const tookMs = now.getTime() - Math.min(...leaving.map((facts) => facts.leaving?.since ?? now.getTime()));
  if (tookMs <= HELD_MS) return { code: 'terminating' };
  const [held] = leaving.flatMap(({ kind, name, leaving: how }) => foreign(how?.finalizers).map((finalizer) => `${kind}/${name} (${finalizer})`));
  if (held !== undefined) return { code: 'removal_held', about: held };
  const rest = view.facts.filter(({ details }) => details?.standing === undefined);
  return tookMs > LONG_MS ? { code: 'terminating_long', about: namesOf(rest.length > 0 ? rest : leaving) } : { code: 'terminating' };
}

function foreign(finalizers: readonly string[] = []): readonly string[] {
  return finalizers.filter((finalizer) => !USUAL_FINALIZERS.has(finalizer));
}

/** What the anchor names and the cluster does not have, or is about to lose; undefined when nothing is. */
export function incompleteness(view: View): Found<WholeCode> | undefined {
  const missing = missingIn(view);
  if (missing.length > 0) return { code: 'incomplete', about: missing.join(', ') };
  const leaving = objectsIn(view).filter(({ isTerminating }) => isTerminating);
  return leaving.length > 0 ? { code: 'incomplete', about: namesOf(leaving) } : undefined;
}

/** Whether a removal is under way or has happened. */
export function isLeaving(view: View): boolean {
  return anchorIn(view)?.isTerminating !== false;
}

/** As many as a person reads. */
function namesOf(facts: readonly Facts[]): string {
  const names = facts.map(({ kind, name }) => `${kind}/${name}`).sort();
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
}
