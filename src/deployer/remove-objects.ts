import { anchorName, type Standing } from './anchor.ts';
import type { DeployerDeps } from './deps.ts';
import { ObjectChangedError } from './errors.ts';
import { nameOf } from './manifests.ts';
import type { Facts } from './observe/facts.ts';
import { anchorIn, ofKind, type View } from './observe/view.ts';
import type { ObjectRef, RemovalOptions } from './ports.ts';

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

async function removeBoth(deps: DeployerDeps, anchor: AnchorStanding | undefined, volumes: readonly Facts[], signal: AbortSignal): Promise<Removed> {
  const removals: (() => Promise<string | undefined>)[] = [];
  const anchorRef: ObjectRef | undefined = anchor && { kind: 'ConfigMap', name: anchorName(anchor.external_id) };
  if (anchor && anchorRef) {
    removals.push(() => removeOne(deps, anchorRef, anchor, { uid: anchor.uid, foreground: true }, signal));
  }
  for (const volume of volumes) removals.push(() => removeOne(deps, volume, volume, { uid: volume.uid }, signal));
  const settled = await Promise.allSettled(removals.map((remove) => remove()));
  const all = [...(anchorRef ? [anchorRef] : []), ...volumes].map(({ kind, name }) => nameOf(kind, name));
  const left = settled.flatMap((one, index) => (one.status === 'rejected' ? (all[index] ?? []) : (one.value ?? [])));
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const isStale = failures.some((err) => err instanceof ObjectChangedError);
  return { failures: failures.filter((err) => !(err instanceof ObjectChangedError)), left, isStale };
}

/** Gives the object's name while something still keeps it. */
async function removeOne(
  { kubernetes, observer }: DeployerDeps,
  ref: ObjectRef,
  seen: Pick<Facts, 'external_id' | 'uid' | 'isTerminating'>,
  options: RemovalOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (seen.isTerminating) return nameOf(ref.kind, ref.name);
  const outcome = await kubernetes.remove({ kind: ref.kind, name: ref.name }, options, signal);
  if (outcome === 'gone') observer.own.removed(seen.external_id, seen.uid);
  else observer.own.wrote(ref.kind, outcome);
  return outcome === 'gone' ? undefined : nameOf(ref.kind, ref.name);
}
