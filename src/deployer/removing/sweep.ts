import { anchorName, standingOf } from '../anchor.ts';
import type { DeployerDeps } from '../deps.ts';
import { ObjectChangedError } from '../errors.ts';
import type { Facts } from '../observe/facts.ts';
import { anchorIn, ofKind, standingIn, type View } from '../observe/view.ts';
import { TOMBSTONE_LIFE_MS } from './fence.ts';

/** A volume that does not say under which anchor it was made may belong to an apply that has only begun. */
const VOLUME_GRACE_MS = 5 * 60_000;

/**
 * Removes what nobody would remove otherwise: volumes whose anchor is gone, and tombstones that no POST can outlive. `views` is what is remembered of the
 * cluster; of a volume the cluster itself is asked for the anchor first. Objects of other programs carry other labels and are never looked at.
 */
export async function sweep(deps: DeployerDeps, views: Iterable<View>, signal: AbortSignal): Promise<void> {
  const suspects: Facts[] = [];
  for (const view of views) suspects.push(...orphans(view, deps.now()), ...tombstones(view, deps.now()));
  for (const suspect of suspects) {
    if (signal.aborted) return;
    try {
      await (suspect.kind === 'PersistentVolume' ? sweepVolume(deps, suspect, signal) : sweepTombstone(deps, suspect, signal));
    } catch (err) {
      // The next round finds it again.
      if (!(err instanceof ObjectChangedError)) deps.log.warn({ err, external_id: suspect.external_id, name: suspect.name }, 'could not be swept');
    }
  }
}

function orphans(view: View, now: Date): readonly Facts[] {
  const anchor = anchorIn(view);
  return ofKind(view, 'PersistentVolume').filter(({ isTerminating, anchorUid, createdAt }) => {
    if (isTerminating || (anchor && anchor.uid === anchorUid)) return false;
    return anchorUid !== undefined || now.getTime() - createdAt > VOLUME_GRACE_MS;
  });
}

function tombstones(view: View, now: Date): readonly Facts[] {
  const standing = standingIn(view);
  if (standing?.is !== 'tombstone' || now.getTime() - standing.fenced.at.getTime() < TOMBSTONE_LIFE_MS) return [];
  return view.facts.filter(({ uid }) => uid === standing.uid);
}

/**
 * An anchor's uid never comes back, so a volume under another one than the cluster has now is an orphan whatever its age. One that names none must be
 * older than any apply may last, and there must be no anchor at all.
 */
async function sweepVolume({ kubernetes, observer, log }: DeployerDeps, volume: Facts, signal: AbortSignal): Promise<void> {
  const found = await kubernetes.find({ kind: 'ConfigMap', name: anchorName(volume.external_id) }, signal);
  const standing = found && standingOf(found);
  const isOwned = volume.anchorUid === undefined ? standing?.is === 'anchor' : standing?.uid === volume.anchorUid;
  if (isOwned) return;
  const outcome = await kubernetes.remove({ kind: 'PersistentVolume', name: volume.name }, { uid: volume.uid }, signal);
  if (outcome === 'gone') observer.own.removed(volume.external_id, volume.uid);
  log.info({ external_id: volume.external_id, name: volume.name }, 'swept a volume whose anchor is gone');
}

async function sweepTombstone(
  { kubernetes, observer }: DeployerDeps,
  { name, uid, version, external_id }: Facts,
  signal: AbortSignal,
): Promise<void> {
  // As it was seen: a POST may be making it its anchor at this moment.
  const outcome = await kubernetes.remove({ kind: 'ConfigMap', name }, { uid, resourceVersion: String(version) }, signal);
  if (outcome === 'gone') observer.own.removed(external_id, uid);
}
