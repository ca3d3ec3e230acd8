import { UnavailableError } from '../../errors/errors.ts';
import type { RemovalStatus } from '../../schema/deployment-status.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { anchorName } from '../anchor.ts';
import type { DeployerDeps } from '../deps.ts';
import { nameOf } from '../manifests.ts';
import { anchorIn, isThere, objectsIn, type View } from '../observe/view.ts';
import { raiseFence } from './fence.ts';
import { type Chooses, type Removed, removeLooked, removeRemembered } from './remove-objects.ts';

/** Which of an analysis' attempts are removed. */
export interface RemovalScope {
  /** This one and all before it. Absent: whatever is there. */
  readonly attempt?: number;
  /** Nothing of these attempts may come alive afterwards: a POST that is still on its way is refused. */
  readonly fence?: { readonly attempt: number };
}

const REMOVE_TIMEOUT_MS = 30_000;
/** Each round but the first means that the analysis changed between our looking and our removing. */
const MOST_ROUNDS = 5;

/**
 * Removes everything of an analysis, every kind even when one fails, and waits a moment for its end. `gone` means that the cluster has nothing of the
 * attempts in question any more, and, where a fence was asked, that the fence stands.
 * @throws UnavailableError with what is left; ClusterMisconfiguredError
 */
export async function remove(deps: DeployerDeps, externalId: ExternalId, scope: RemovalScope): Promise<RemovalStatus> {
  const signal = AbortSignal.timeout(REMOVE_TIMEOUT_MS);
  const chooses: Chooses = (anchor) => scope.attempt === undefined || anchor.attempt <= scope.attempt;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const removed = await removeWhatIsKnown(deps, externalId, chooses, round === 0, signal);
    if (removed.failures.length > 0) throw failed(externalId, removed);
    if (removed.isStale) continue;
    if (removed.left.length > 0 && !(await deps.observer.own.untilGone(externalId, deps.removalWaitMs ?? 1_000, signal))) {
      return { external_id: externalId, gone: false, left: [...leftOf(deps.observer.recall(externalId), removed)] };
    }
    if (scope.fence === undefined || (await raiseFence(deps, externalId, scope.fence.attempt, signal))) {
      return { external_id: externalId, gone: true, left: [] };
    }
  }
  throw new UnavailableError(`others keep changing ${externalId}; ask again`, { retryAfterSeconds: 1 });
}

async function removeWhatIsKnown(
  deps: DeployerDeps,
  externalId: ExternalId,
  chooses: Chooses,
  mayRemember: boolean,
  signal: AbortSignal,
): Promise<Removed> {
  const remembered = mayRemember ? deps.observer.recall(externalId) : undefined;
  const anchor = anchorIn(remembered);
  if (remembered && anchor && chooses(anchor)) return removeRemembered(deps, remembered, anchor, signal);
  return removeLooked(deps, await deps.observer.look(externalId, signal), chooses, signal);
}

/** What an observer that remembers sees of it by now, or what the answers to the removal itself said. */
function leftOf(view: View | undefined, removed: Removed): readonly string[] {
  if (view === undefined || !isThere(view)) return removed.left;
  const anchor = anchorIn(view);
  const objects = objectsIn(view).map(({ kind, name }) => nameOf(kind, name));
  return [...(anchor ? [nameOf('ConfigMap', anchorName(anchor.external_id))] : []), ...objects].sort();
}

function failed(externalId: ExternalId, { failures, left }: Removed): Error {
  const [first] = failures;
  const reasons = failures.map((err) => (err instanceof Error ? err.message : String(err)));
  const message = `not everything of ${externalId} could be removed: ${reasons.join('; ')}`;
  return new UnavailableError(message, { details: { left }, cause: failures.length === 1 ? first : new AggregateError(failures) });
}
