import type { ExternalId } from '../schema/ids.ts';
import type { ExitStore } from './ports.ts';

export interface ExitDeps {
  readonly store: ExitStore;
  /** Makes the removals that are due start now. */
  readonly wakeRemovals: () => void;
  readonly ending: AbortSignal;
}

/**
 * Ends an analysis, whatever state it is in. When this resolves the end is written down and certain; the cluster is cleared in the background, for
 * as long as that takes. Ending what does not exist, or has ended, does nothing.
 */
export async function exit(deps: ExitDeps, externalId: ExternalId): Promise<void> {
  if (await deps.store.stop(externalId, deps.ending)) deps.wakeRemovals();
}
