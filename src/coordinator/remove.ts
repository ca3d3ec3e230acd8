import { poll } from './poll.ts';
import type { Deployer, Lease } from './ports.ts';

/**
 * Asks the deployer to remove the analysis, then watches until the cluster has nothing of it. Watching costs the cluster nothing, because the
 * deployer answers from memory; so it asks again only for what came to life meanwhile, and for a fence, which is put where the analysis was and so
 * does not stand until a removal finds nothing left. False: at `deadline` something was still there. Errors of the deployer pass through.
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
    const end = await poll(ended, deadline, signal);
    return end === 'gone' && !fence ? true : undefined;
  };
  return (await poll(once, deadline, signal)) ?? false;
}
