import { poll } from './poll.ts';
import type { Deployer, Lease } from './ports.ts';

/**
 * Asks the deployer to remove the analysis, then watches until the cluster has nothing of it. Watching costs the cluster nothing, because the
 * deployer answers from memory; asking again would. False: at `deadline` something was still ending. Errors of the deployer pass through.
 */
export async function remove(deployer: Deployer, lease: Lease, fence: boolean, deadline: number, signal: AbortSignal): Promise<boolean> {
  const { gone } = await deployer.remove(lease, { fence }, signal);
  if (gone) return true;
  const isGone = async () => ((await deployer.status(lease.external_id, signal)) === undefined ? true : undefined);
  if (!(await poll(isGone, deadline, signal))) return false;
  // A fence is put where the analysis was, so it does not stand until a removal finds nothing left to do.
  return fence ? (await deployer.remove(lease, { fence }, signal)).gone : true;
}
