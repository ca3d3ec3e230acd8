import type { Counts } from '../counting-proxy.ts';
import type { Figure, Findings } from '../figures.ts';
import { allGone } from '../leftovers.ts';
import { median } from '../measure.ts';
import type { Rig } from '../rig.ts';

/** What a launch asks of PostgreSQL, up to its answer, counted by a proxy between the two. */
export async function queries(rig: Rig, quick: boolean): Promise<Findings> {
  const { proxy, contender, database } = await rig.newVice({ isCounted: true });
  const launches: Counts[] = [];
  const lives: Counts[] = [];
  const [rounds, warmUp] = quick ? [5, 10] : [20, 20]; // so that each of the pool's connections has prepared its statements
  for (let round = -warmUp; round < rounds; round++) {
    const launch = await contender.prepare();
    const before = proxy.counts();
    await launch.start();
    const after = proxy.counts();
    await rig.pods.ready(launch.externalId);
    await launch.remove();
    await allGone(rig.kube, [launch.externalId]);
    await database.stopped(launch.externalId);
    if (round < 0) continue;
    launches.push(difference(before, after));
    lives.push(difference(before, proxy.counts()));
  }
  return {
    figures: [
      figure('statements until the answer', launches, 'statements'),
      figure('round trips until the answer', launches, 'roundTrips'),
      figure('statements from launch to stopped', lives, 'statements'),
    ],
  };
}

function difference(before: Counts, after: Counts): Counts {
  return { statements: after.statements - before.statements, roundTrips: after.roundTrips - before.roundTrips };
}

/** The median, because timers of the coordinator fall into some of the rounds. */
function figure(name: string, rounds: readonly Counts[], key: keyof Counts): Figure {
  const counts = rounds.map((round) => round[key]);
  return { name, value: median(counts), unit: '', note: `${Math.min(...counts)} to ${Math.max(...counts)} of ${counts.length} launches` };
}
