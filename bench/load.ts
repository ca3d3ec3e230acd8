import type { Contender } from './contenders.ts';
import { allGone, objectsOf } from './leftovers.ts';
import { atOnce, timed } from './measure.ts';
import type { Rig } from './rig.ts';
import type { VicePair } from './vice-pair.ts';

/** How a contender is loaded. */
export interface Load {
  readonly launches: number;
  /** So many are under way at any moment. */
  readonly limit: number;
}

export interface LoadRun {
  readonly perSecond: number;
  /** Processor time while the launches ran. */
  readonly cpuMs: { readonly coordinator: number; readonly deployer: number };
  readonly faults: readonly string[];
}

/** Launches, looks whether each analysis is there once, and removes all of them. The processor time is that of `pair`. */
export async function runLoad(rig: Rig, { coordinator, deployer }: VicePair, contender: Contender, { launches, limit }: Load): Promise<LoadRun> {
  const prepared = await Promise.all(Array.from({ length: launches }, contender.prepare));
  const faults: string[] = [];
  const told = (err: unknown) => void faults.push(`${contender.name}: ${String(err)}`);
  const before = { coordinator: coordinator.cpuMs(), deployer: deployer.cpuMs() };
  const ms = await timed(() => atOnce(limit, prepared, (launch) => launch.start().catch(told)));
  const cpuMs = { coordinator: coordinator.cpuMs() - before.coordinator, deployer: deployer.cpuMs() - before.deployer };
  const ids = prepared.map(({ externalId }) => externalId);
  if (faults.length === 0) {
    await Promise.all(ids.map((id) => rig.pods.ready(id)));
    for (const fault of await doubled(rig, ids)) told(fault);
  }
  await atOnce(10, prepared, (launch) => launch.remove().catch(told));
  await allGone(rig.kube, ids);
  return { perSecond: (launches / ms) * 1000, cpuMs, faults };
}

/** Every analysis has one Deployment, one ReplicaSet and one pod, and never had another pod. */
async function doubled({ kube, pods }: Rig, ids: readonly string[]): Promise<string[]> {
  const kinds = ['/apis/apps/v1/deployments', '/apis/apps/v1/replicasets', '/api/v1/pods'];
  const lists = await Promise.all(kinds.map(async (kind) => ({ kind, found: await objectsOf(kube, kind, ids) })));
  const wrong = lists.flatMap(({ kind, found }) => {
    const missing = ids.length - new Set(found).size;
    const more = found.length - new Set(found).size;
    return missing || more ? [`${kind}: ${missing} missing, ${more} too many`] : [];
  });
  const twice = ids.filter((id) => pods.podsOf(id).size !== 1);
  return twice.length > 0 ? [...wrong, `${twice.length} analyses had more than one pod`] : wrong;
}
