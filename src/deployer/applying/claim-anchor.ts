import { ConflictError, FencedError, TerminatingError, UnavailableError } from '../../errors/errors.ts';
import { type Anchor, anchorManifest, anchorName, type Standing, standingOf } from '../anchor.ts';
import type { DeployerDeps } from '../deps.ts';
import { AlreadyThereError, ObjectChangedError } from '../errors.ts';
import type { KubeObject } from '../ports.ts';

/** The anchor under which an analysis is applied. */
export interface Claim {
  readonly uid: string;
  /** Nothing was there before, so what belongs to it does not exist yet. Else an earlier or simultaneous request began the same work. */
  readonly isNew: boolean;
  /** The ConfigMap as it stands. */
  readonly object: KubeObject;
}

/** Each round means that somebody else changed the anchor between our reading and our writing it. */
const MOST_ROUNDS = 5;

/**
 * Creates the anchor of an analysis, or finds out whether the one that is there is of the same spec. Of two requests at once one creates it, and the
 * other finds it.
 * @throws ConflictError: another spec, or a ConfigMap that is no anchor, is there; TerminatingError; FencedError
 */
export async function claimAnchor(deps: DeployerDeps, wanted: Anchor, signal: AbortSignal): Promise<Claim> {
  const { kubernetes, observer, namespace } = deps;
  const claimed = (object: KubeObject, isNew: boolean): Claim => {
    observer.own.wrote('ConfigMap', object);
    return { uid: object.metadata.uid ?? '', isNew, object };
  };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const created = await createIfFree(deps, wanted, signal);
    if (created) return claimed(created, true);
    const found = await kubernetes.find({ kind: 'ConfigMap', name: anchorName(wanted.external_id) }, signal);
    if (!found) continue;
    const next = succession(found, wanted);
    if (next === undefined) return claimed(found, false);
    try {
      const replaced = await kubernetes.replace(anchorManifest(next.content, namespace, found.metadata.resourceVersion), signal);
      return claimed(replaced, next.isNew);
    } catch (err) {
      if (!(err instanceof ObjectChangedError)) throw err;
    }
  }
  throw new UnavailableError(`others keep changing the anchor of ${wanted.external_id}`, { retryAfterSeconds: 1 });
}

async function createIfFree({ kubernetes, namespace }: DeployerDeps, wanted: Anchor, signal: AbortSignal): Promise<KubeObject | undefined> {
  try {
    return await kubernetes.create(anchorManifest(wanted, namespace), signal);
  } catch (err) {
    if (!(err instanceof AlreadyThereError)) throw err;
    if (err.isTerminating) throw stillTerminating(wanted, err);
    return undefined;
  }
}

/** What must be written over the ConfigMap that is there; undefined when it is right as it is. */
function succession(found: KubeObject, wanted: Anchor): { readonly content: Anchor; readonly isNew: boolean } | undefined {
  const there = standingOf(found);
  if (!there) throw new ConflictError(`the ConfigMap ${found.metadata.name} exists and is not the anchor of an analysis`);
  if (there.isTerminating) throw stillTerminating(wanted);
  refuseIfFenced(there, wanted);
  const fenced = there.fenced && { fenced: there.fenced };
  if (there.is === 'tombstone') return { content: { ...wanted, ...fenced }, isNew: true };
  if (there.spec_hash !== wanted.spec_hash) {
    const details = { applied_spec_hash: there.spec_hash, spec_hash: wanted.spec_hash };
    throw new ConflictError(`another spec is applied as ${wanted.external_id}; remove it first`, { details });
  }
  // The attempt only grows, so that a removal meant for an earlier one does not touch this one.
  if (there.attempt >= wanted.attempt) return undefined;
  // The pods stay as they are, and so do their transfers.
  return { content: { ...wanted, ...fenced, ...(there.transfers && { transfers: there.transfers }) }, isNew: false };
}

function refuseIfFenced({ fenced }: Standing, { external_id, attempt }: Anchor): void {
  if (!fenced || attempt > fenced.attempt) return;
  throw new FencedError(`attempt ${attempt} of ${external_id} was ended: attempts up to ${fenced.attempt} are not applied any more`, {
    details: { attempt, fenced: fenced.attempt },
  });
}

export function stillTerminating({ external_id }: Pick<Anchor, 'external_id'>, cause?: unknown): TerminatingError {
  const message = `a former life of ${external_id} is still being removed; try again in a moment`;
  return new TerminatingError(message, { retryAfterSeconds: 1, ...(cause !== undefined && { cause }) });
}
