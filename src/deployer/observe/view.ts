import type { ExternalId } from '../../schema/ids.ts';
import type { Standing } from '../anchor.ts';
import { APPLIED_KINDS, type Kind } from '../kinds.ts';
import { nameOf } from '../manifests.ts';
import type { Facts } from './facts.ts';
import type { Warning } from './warnings.ts';

/** What is known of one analysis in the cluster. */
export interface View {
  readonly external_id: ExternalId;
  readonly facts: readonly Facts[];
  /** What Kubernetes says of its pods and claims beside their status. */
  readonly warnings?: readonly Warning[];
  /** What {@link missingIn} gives, where that was worked out before: it takes longer than all the rest of a status. */
  readonly missing?: readonly string[];
}

const applied: ReadonlySet<Kind> = new Set(APPLIED_KINDS);

/** The anchor or the tombstone, when one of them stands. Of one that is going and its successor it is the later. */
export function standingIn(view: View | undefined): Standing | undefined {
  const standings = view?.facts.filter(({ details }) => details?.standing !== undefined) ?? [];
  return standings.reduce<Facts | undefined>((latest, one) => (latest && latest.version > one.version ? latest : one), undefined)?.details?.standing;
}

export function anchorIn(view: View | undefined): (Standing & { readonly is: 'anchor' }) | undefined {
  const standing = standingIn(view);
  return standing?.is === 'anchor' ? standing : undefined;
}

export function ofKind(view: View, kind: Kind): readonly Facts[] {
  return view.facts.filter((facts) => facts.kind === kind);
}

/** What the deployer made and is still there; the anchor and a tombstone are not counted. Pods and endpoints come and go with it. */
export function objectsIn(view: View): readonly Facts[] {
  return view.facts.filter(({ kind, details }) => applied.has(kind) && details?.standing === undefined);
}

/** Whether there is anything of the analysis: an anchor, or something that outlived it. A tombstone is nothing, and so is a stranger's pod. */
export function isThere(view: View): boolean {
  return anchorIn(view) !== undefined || objectsIn(view).length > 0;
}

/** Whether somebody is served. Kubernetes sends nobody to a pod any more that is being deleted, however well it is. */
export function hasReadyPod(view: View): boolean {
  return ofKind(view, 'Pod').some(({ isTerminating, details }) => !isTerminating && details?.pod?.isReady === true);
}

/** What the anchor names and the cluster does not have, as `Kind/name`. */
export function missingIn(view: View): readonly string[] {
  if (view.missing) return view.missing;
  const there = new Set(view.facts.map(({ kind, name }) => nameOf(kind, name)));
  return (anchorIn(view)?.objects ?? []).filter((name) => !there.has(name));
}
