import type { Contender } from '../contenders.ts';
import { type Figure, type Findings, shown } from '../figures.ts';
import { allGone, objectsOf } from '../leftovers.ts';
import { atOnce, median, timed } from '../measure.ts';
import type { Rig } from '../rig.ts';

interface Run {
  readonly perSecond: number;
  /** Processor time while the launches ran. */
  readonly cpuMs: { readonly coordinator: number; readonly deployer: number };
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
  const faults: string[] = [];
  for (let round = -1; round < load.rounds; round++) {
    for (const contender of contenders) {
      const one = await run(rig, contender, load);
      faults.push(...one.faults);
      if (round >= 0) runs.get(contender.name)?.push(one); // the first round opens the connections
    }
  }
  const of = (name: string) => runs.get(name) ?? [];
  const rate = (name: string) => median(of(name).map(({ perSecond }) => perSecond));
  const rates = contenders.map(({ name }): Figure => {
    const note = `${load.launches} launches, runs ${of(name)
      .map(({ perSecond }) => perSecond.toFixed(1))
      .join(' ')}`;
    return { name: `${name}, ${load.limit} at once`, value: rate(name), unit: '/s', note };
  });
  const cpuOf = (part: keyof Run['cpuMs']) => median(of('vice').map(({ cpuMs }) => cpuMs[part])) / load.launches;
  const cpu = `processor time a launch: coordinator ${shown(cpuOf('coordinator'))} ms, deployer ${shown(cpuOf('deployer'))} ms`;
  const ratio: Figure = {
    name: `vice ÷ floor, ${load.limit} at once`,
    value: rate('vice') / rate('floor'),
    unit: '×',
    budget: { at_least: 0.6 },
    note: cpu,
  };
  const failed: Figure = { name: `failed or doubled, ${load.limit} at once`, value: faults.length, unit: '', budget: { at_most: 0 } };
  return { figures: [...rates, ratio, failed], faults };
}

async function run(rig: Rig, contender: Contender, { launches, limit }: Load): Promise<Run> {
  const { coordinator, deployer } = await rig.vice();
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
