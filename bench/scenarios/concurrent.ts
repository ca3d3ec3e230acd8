import type { Contender } from '../contenders.ts';
import { type Figure, type Findings, shown } from '../figures.ts';
import { type Load, type LoadRun, runLoad } from '../load.ts';
import { median } from '../measure.ts';
import type { Rig } from '../rig.ts';

/** Many launches at once; the contenders take turns, and the cluster is empty before each turn. */
export async function concurrent(rig: Rig, quick: boolean): Promise<Findings> {
  const contenders = await rig.contenders();
  const [rounds, launches] = quick ? [1, 50] : [3, 100];
  const findings: Findings[] = [];
  for (const limit of [10, 50]) findings.push(await compare(rig, contenders, rounds, { launches, limit }));
  return { figures: findings.flatMap(({ figures }) => figures), faults: findings.flatMap(({ faults = [] }) => faults) };
}

async function compare(rig: Rig, contenders: readonly Contender[], rounds: number, load: Load): Promise<Findings> {
  const pair = await rig.vice();
  const runs = new Map<string, LoadRun[]>(contenders.map(({ name }) => [name, []]));
  const faults: string[] = [];
  for (let round = -1; round < rounds; round++) {
    for (const contender of contenders) {
      const one = await runLoad(rig, pair, contender, load);
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
  const cpuOf = (part: keyof LoadRun['cpuMs']) => median(of('vice').map(({ cpuMs }) => cpuMs[part])) / load.launches;
  const cpu = `processor time a launch: coordinator ${shown(cpuOf('coordinator'))} ms, deployer ${shown(cpuOf('deployer'))} ms`;
  const alone: Figure = { name: `deployer alone ÷ floor, ${load.limit} at once`, value: rate('deployer alone') / rate('floor'), unit: '×' };
  const ratio: Figure = {
    name: `vice ÷ floor, ${load.limit} at once`,
    value: rate('vice') / rate('floor'),
    unit: '×',
    budget: { at_least: 0.6 },
    note: cpu,
  };
  const failed: Figure = { name: `failed or doubled, ${load.limit} at once`, value: faults.length, unit: '', budget: { at_most: 0 } };
  return { figures: [...rates, alone, ratio, failed], faults };
}
