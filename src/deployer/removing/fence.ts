import type { ExternalId } from '../../schema/ids.ts';
import { anchorManifest, anchorName, type Standing, standingOf } from '../anchor.ts';
import type { DeployerDeps } from '../deps.ts';
import { AlreadyThereError, ObjectChangedError } from '../errors.ts';

/** How long a tombstone stands: longer than any POST may be on its way. */
export const TOMBSTONE_LIFE_MS = 10 * 60_000;

/**
 * Puts a tombstone where no anchor is, so that a late POST of these attempts finds it. False when something of these attempts came to life
 * meanwhile, or is still ending: it must be removed first.
 */
export async function raiseFence(deps: DeployerDeps, externalId: ExternalId, attempt: number, signal: AbortSignal): Promise<boolean> {
  const { kubernetes, observer, namespace, now } = deps;
  const tombstone = { external_id: externalId, fenced: { attempt, at: now() } };
  try {
    observer.own.wrote('ConfigMap', await kubernetes.create(anchorManifest(tombstone, namespace), signal));
    return true;
  } catch (err) {
    if (!(err instanceof AlreadyThereError)) throw err;
  }
  const found = await kubernetes.find({ kind: 'ConfigMap', name: anchorName(externalId) }, signal);
  const standing = found && standingOf(found);
  if (!standing) return false;
  if (isFenced(standing, attempt)) return true;
  if (standing.is === 'anchor') return false;
  try {
    observer.own.wrote('ConfigMap', await kubernetes.replace(anchorManifest(tombstone, namespace, standing.resourceVersion), signal));
    return true;
  } catch (err) {
    if (err instanceof ObjectChangedError) return false;
    throw err;
  }
}

/** A later attempt keeps an earlier one out by itself: there is one anchor for all. */
function isFenced(standing: Standing, attempt: number): boolean {
  if (standing.isTerminating) return false;
  if (standing.is === 'anchor') return standing.attempt > attempt;
  return standing.fenced.attempt >= attempt;
}
