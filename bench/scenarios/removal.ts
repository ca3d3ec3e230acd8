import { bareRemoval, type Contender, type Launch } from '../contenders.ts';
import { type Departures, watchDepartures } from '../departures.ts';
import type { Figure, Findings } from '../figures.ts';
import { allGone } from '../leftovers.ts';
import { atOnce, median, percentile, timed } from '../measure.ts';
import type { Rig } from '../rig.ts';

interface Run {
  readonly perSecond: number;
  /** Of each removal, from the request until anchor and volume are gone. */
  readonly times: readonly number[];
}

/**
 * Removals of running analyses, until the cluster has nothing of them any more: kube-apiserver tells when, whoever asked for it. The contenders take
 * turns. What the floor removes was launched by the deployer, so that all remove the same.
 */
export async function removal(rig: Rig, quick: boolean): Promise<Findings> {
  const departures = await watchDepartures(rig.kube);
  try {
    const { deployer } = await rig.vice();
    const [, ...ours] = await rig.contenders();
    const contenders = [bareRemoval(rig.kube, deployer.url), ...ours];
    for (const contender of contenders) await run(rig, departures, contender, 20, 20); // opens the connections
    const figures: Figure[] = [];
    for (const [limit, removals] of quick
      ? ([
          [1, 5],
          [10, 20],
          [50, 50],
        ] as const)
      : ([
          [1, 15],
          [10, 50],
          [50, 100],
        ] as const)) {
      const runs = new Map<string, Run[]>(contenders.map(({ name }) => [name, []]));
      for (let round = 0; round < (quick ? 1 : 3); round++) {
        for (const contender of contenders) runs.get(contender.name)?.push(await run(rig, departures, contender, limit, removals));
      }
      figures.push(...compare(runs, limit));
    }
    return { figures };
  } finally {
    departures.stop();
  }
}

async function run(rig: Rig, departures: Departures, contender: Contender, limit: number, removals: number): Promise<Run> {
  const launches = await Promise.all(Array.from({ length: removals }, contender.prepare));
  const ids = launches.map(({ externalId }) => externalId);
  await atOnce(10, launches, (launch) => launch.start());
  await Promise.all(ids.map((id) => rig.pods.ready(id)));
  const times: number[] = [];
  const remove = async (launch: Launch) => {
    await Promise.all([departures.gone(launch.externalId), launch.remove()]);
  };
  const ms = await timed(() => atOnce(limit, launches, async (launch) => void times.push(await timed(() => remove(launch)))));
  await allGone(rig.kube, ids); // the working directory's volume is the provisioner's to remove
  return { perSecond: (removals / ms) * 1000, times };
}

/** One at a time by how long each takes, many at once by how many a second. The budgets are those of a launch. */
function compare(runs: ReadonlyMap<string, readonly Run[]>, limit: number): Figure[] {
  const isSingle = limit === 1;
  const timesOf = (name: string) => (runs.get(name) ?? []).flatMap(({ times }) => times);
  const value = (name: string) => (isSingle ? median(timesOf(name)) : median((runs.get(name) ?? []).map(({ perSecond }) => perSecond)));
  return [...runs.keys()].flatMap((name): Figure[] => {
    const times = timesOf(name);
    const note = `${times.length} removals, each median ${median(times).toFixed(0)}, p90 ${percentile(times, 90).toFixed(0)} ms`;
    const figure: Figure = { name: `${name}, ${limit} at once`, value: value(name), unit: isSingle ? 'ms' : '/s', note };
    if (name === 'floor') return [figure];
    const budget = isSingle ? { at_most: 1.5 } : { at_least: 0.6 };
    return [figure, { name: `${name} ÷ floor, ${limit} at once`, value: value(name) / value('floor'), unit: '×', budget }];
  });
}
