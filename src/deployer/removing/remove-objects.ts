import { anchorName, type Standing } from '../anchor.ts';
import type { DeployerDeps } from '../deps.ts';
import { ObjectChangedError } from '../errors.ts';
import { nameOf } from '../manifests.ts';
import type { Facts } from '../observe/facts.ts';
import { anchorIn, ofKind, type View } from '../observe/view.ts';
import type { ObjectRef, RemovalOptions } from '../ports.ts';

/** What came of removing: the requests that failed, and what they were about. */
export interface Removed {
  readonly failures: readonly unknown[];
  /** What was there and got no confirmation that it is gone, as `Kind/name`. */
  readonly left: readonly string[];
  /** The anchor is not the one that was seen: look again. */
  readonly isStale: boolean;
}

type AnchorStanding = Standing & { readonly is: 'anchor' };

/** Whether an anchor is one that the removal is about. */
export type Chooses = (anchor: AnchorStanding) => boolean;

/**
 * Removes what a look at the cluster itself found: the anchor, when it is chosen, and every volume that is under it, or under none any more. With
 * the anchor goes everything that it owns, each kind for itself.
 */
export async function removeLooked(deps: DeployerDeps, view: View, chooses: Chooses, signal: AbortSignal): Promise<Removed> {
  const anchor = anchorIn(view);
  const chosen = anchor && chooses(anchor) ? anchor : undefined;
  const volumes = ofKind(view, 'PersistentVolume').filter(({ anchorUid }) => chosen !== undefined || anchorUid !== anchor?.uid);
  return removeBoth(deps, chosen, volumes, signal);
}

/**
 * Removes what is remembered of an anchor with one request for it and one for each volume, and none for what is on its way out already. Only volumes
 * under this very anchor are touched, because a memory may be behind. One that the anchor names and that is not remembered is asked for
 * once the anchor is on its way out: whoever creates it later than that asks for the anchor itself.
 */
export async function removeRemembered(deps: DeployerDeps, view: View, anchor: AnchorStanding, signal: AbortSignal): Promise<Removed> {
  const volumes = ofKind(view, 'PersistentVolume').filter(({ anchorUid }) => anchorUid === anchor.uid);
  const removed = await removeBoth(deps, anchor, volumes, signal);
  if (removed.isStale || removed.failures.length > 0 || anchor.isTerminating) return removed;
  const known = new Set(volumes.map(({ kind, name }) => nameOf(kind, name)));
  const unknown = anchor.objects.filter((name) => name.startsWith('PersistentVolume/') && !known.has(name));
  if (unknown.length === 0) return removed;
  const looked = await deps.observer.look(anchor.external_id, signal);
  return removeLooked(deps, looked, ({ uid }) => uid === anchor.uid, signal);
}

/**
 * The anchor first: when it turns out to be another one by now, or a later attempt's, its volumes are not touched. Any other failure does not spare
 * them.
 */
async function removeBoth(deps: DeployerDeps, anchor: AnchorStanding | undefined, volumes: readonly Facts[], signal: AbortSignal): Promise<Removed> {
  const left: string[] = [];
  const failures: unknown[] = [];
  const remove = async (ref: ObjectRef, seen: Seen, options: RemovalOptions) => {
    try {
      if (!(await isRemoved(deps, ref, seen, options, signal))) left.push(nameOf(ref.kind, ref.name));
    } catch (err) {
      failures.push(err);
      left.push(nameOf(ref.kind, ref.name));
    }
  };
  const isStale = () => failures.some((err) => err instanceof ObjectChangedError);
  if (anchor) {
    // As it was seen: a later attempt of the same spec takes over the anchor of the earlier one.
    const { uid, resourceVersion } = anchor;
    await remove({ kind: 'ConfigMap', name: anchorName(anchor.external_id) }, anchor, { uid, resourceVersion, foreground: true });
  }
  if (!isStale()) await Promise.all(volumes.map((volume) => remove(volume, volume, { uid: volume.uid })));
  return { failures: failures.filter((err) => !(err instanceof ObjectChangedError)), left, isStale: isStale() };
}

type Seen = Pick<Facts, 'external_id' | 'uid' | 'isTerminating'>;

/** False while something still keeps the object. */
async function isRemoved(
  { kubernetes, observer }: DeployerDeps,
  { kind, name }: ObjectRef,
  seen: Seen,
  options: RemovalOptions,
  signal: AbortSignal,
): Promise<boolean> {
  if (seen.isTerminating) return false;
  const outcome = await kubernetes.remove({ kind, name }, options, signal);
  if (outcome === 'gone') observer.own.removed(seen.external_id, seen.uid);
  else observer.own.wrote(kind, outcome);
  return outcome === 'gone';
}
