import type { DeployerDeps } from '../deps.ts';
import { removeLooked } from '../removing/remove-objects.ts';
import { belonging, type Under } from './write-object.ts';

const UNDO_TIMEOUT_MS = 30_000;

/**
 * Takes back what an attempt made: its anchor, and with it everything that the anchor owns, and the volumes. Waits a moment for their end, so that
 * another attempt finds the place free. False: some of it could not be taken back, which is logged and left to the next removal.
 */
export async function undo(deps: DeployerDeps, { external_id, claim }: Under): Promise<boolean> {
  const signal = AbortSignal.timeout(UNDO_TIMEOUT_MS);
  try {
    const view = await deps.observer.look(external_id, signal);
    const { failures } = await removeLooked(deps, view, (anchor) => anchor.uid === claim.uid, signal);
    if (failures.length > 0) throw failures[0];
    await deps.observer.own.untilGone(external_id, deps.removalWaitMs ?? 1_000, signal);
    return true;
  } catch (err) {
    deps.log.warn({ err, external_id }, 'a refused attempt could not be taken back');
    return false;
  }
}

/** Whether the Deployment of this anchor is there, which is the last object that an apply makes: then it was complete once. */
export async function isHoldingDeployment({ kubernetes, namespace }: DeployerDeps, under: Under, name: string): Promise<boolean> {
  const found = await kubernetes.find({ kind: 'Deployment', name }, AbortSignal.timeout(UNDO_TIMEOUT_MS));
  return found !== undefined && belonging(found, under, namespace) === 'ours';
}
