import { poll } from './poll.ts';
import type { Deployer, Lease } from './ports.ts';

/** Watching goes on for so long; then the deployer is asked again, because an apply that came in between may have left what nobody removes. */
const WATCH_MS = 2_000;

/**
 * Asks the deployer to remove the analysis, then watches until the cluster has nothing of it: the deployer answers that from memory. A fence is put
 * where the analysis was, so it is asked for again once all is gone. False: at `deadline` something was still there. Errors of the deployer pass
 * through.
 */
export async function remove(deployer: Deployer, lease: Lease, fence: boolean, deadline: number, signal: AbortSignal): Promise<boolean> {
  const ended = async (): Promise<'gone' | 'alive' | undefined> => {
    const observed = await deployer.status(lease.external_id, signal);
    if (observed === undefined) return 'gone';
    return observed.phase === 'terminating' ? undefined : 'alive';
  };
  const once = async (): Promise<true | undefined> => {
    const { gone } = await deployer.remove(lease, { fence }, signal);
    if (gone) return true;
    const end = await poll(ended, Math.min(deadline, performance.now() + WATCH_MS), signal);
    return end === 'gone' && !fence ? true : undefined;
  };
  return (await poll(once, deadline, signal)) ?? false;
}
