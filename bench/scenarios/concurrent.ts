import type { Contender, Launch } from '../contenders.ts';
import type { Figure, Findings } from '../figures.ts';
import { allGone, objectsOf } from '../leftovers.ts';
import { atOnce, median, timed } from '../measure.ts';
import type { Rig } from '../rig.ts';

interface Run {
  readonly perSecond: number;
  readonly faults: readonly string[];
}

/** Many launches at once; the contenders take turns, and the cluster is empty before each turn. */
export async function concurrent(rig: Rig, quick: boolean): Promise<Findings> {
  const contenders = (await rig.contenders()).filter(({ name }) => name !== 'deployer alone');
  const [rounds, launches] = quick ? [1, 50] : [3, 100];
  const findings: Findings[] = [];
  for (const limit of [10, 50]) findings.push(await compare(rig, contenders, { rounds, launches, limit }));
  return { figures: findings.flatMap(({ figures }) => figures), faults: findings.flatMap(({ faults = [] }) => faults) };
}

interface Load {
  readonly rounds: number;
  readonly launches: number;
  /** So many are under way at any moment. */
  readonly limit: number;
}

async function compare(rig: Rig, contenders: readonly Contender[], load: Load): Promise<Findings> {
  const runs = new Map<string, Run[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await run(rig, contender, { ...load, launches: load.limit }); // opens the connections
  for (let round = 0; round < load.rounds; round++) {
    for (const contender of contenders) runs.get(contender.name)?.push(await run(rig, contender, load));
  }
  const rate = (name: string) => median((runs.get(name) ?? []).map(({ perSecond }) => perSecond));
  const figures = contenders.flatMap(({ name }): Figure[] => {
    const note = `${load.launches} launches, runs ${(runs.get(name) ?? []).map(({ perSecond }) => perSecond.toFixed(1)).join(' ')}`;
    const figure: Figure = { name: `${name}, ${load.limit} at once`, value: rate(name), unit: '/s', note };
    if (name !== 'vice') return [figure];
    return [figure, { name: `vice ÷ floor, ${load.limit} at once`, value: rate(name) / rate('floor'), unit: '×', budget: { at_least: 0.6 } }];
  });
  const faults = [...runs.values()].flat().flatMap((each) => each.faults);
  return {
    figures: [...figures, { name: `failed or doubled, ${load.limit} at once`, value: faults.length, unit: '', budget: { at_most: 0 } }],
    faults,
  };
}

async function run(rig: Rig, contender: Contender, { launches, limit }: Omit<Load, 'rounds'>): Promise<Run> {
  const prepared = await Promise.all(Array.from({ length: launches }, contender.prepare));
  const faults: string[] = [];
  const start = (launch: Launch) => launch.start().catch((err: unknown) => void faults.push(`${contender.name}: ${String(err)}`));
  const ms = await timed(() => atOnce(limit, prepared, start));
  const ids = prepared.map(({ externalId }) => externalId);
  if (faults.length === 0) {
    await Promise.all(ids.map((id) => rig.pods.ready(id)));
    faults.push(...(await doubled(rig, ids)).map((fault) => `${contender.name}: ${fault}`));
  }
  await atOnce(10, prepared, (launch) => launch.remove());
  await allGone(rig.kube, ids);
  return { perSecond: (launches / ms) * 1000, faults };
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
