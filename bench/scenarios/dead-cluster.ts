import { waitFor } from '../../test/support/wait-for.ts';
import type { Findings } from '../figures.ts';
import { startManyClusters } from '../many-clusters.ts';
import { atOnce, percentile, timed } from '../measure.ts';
import type { Program } from '../program.ts';

const CLUSTERS = 100;

/** What one cluster that takes connections and never answers costs launches elsewhere: rounds with it and without it take turns. */
export async function deadCluster(program: Program, folder: string, quick: boolean): Promise<Findings> {
  const { coordinator, deployers, launch, faults, stop } = await startManyClusters(program, folder, CLUSTERS);
  const [dead] = deployers;
  if (dead === undefined) throw new Error('cannot happen: there are deployers');
  const round = async () => {
    const times: number[] = [];
    const launches = Array.from({ length: quick ? 200 : 400 }, () => launch);
    await atOnce(10, launches, async (work) => void times.push(await timed(work)));
    return times;
  };
  try {
    await becomes(coordinator.url, 'healthy');
    await round(); // warm
    const alive: number[] = [];
    const without: number[] = [];
    for (let turn = 0; turn < (quick ? 1 : 6); turn++) {
      alive.push(...(await round()));
      dead.hang();
      await becomes(coordinator.url, 'unreachable');
      without.push(...(await round()));
      dead.answerAgain();
      await becomes(coordinator.url, 'healthy');
    }
    const [p99, p99Dead] = [percentile(alive, 99), percentile(without, 99)];
    return {
      figures: [
        { name: `p99 of a launch, ${CLUSTERS} clusters, all well`, value: p99, unit: 'ms', note: `median ${percentile(alive, 50).toFixed(1)}` },
        { name: 'p99 of a launch, one of them dead', value: p99Dead, unit: 'ms', note: `median ${percentile(without, 50).toFixed(1)}` },
        { name: 'what the dead one adds', value: p99Dead - p99, unit: 'ms', budget: { below: 5 } },
      ],
      faults,
    };
  } finally {
    dead.answerAgain();
    await stop();
  }
}

/** Waits until the first cluster is found so. */
async function becomes(coordinator: string, status: string): Promise<void> {
  const isSo = async () => {
    const { clusters } = JSON.parse(await (await fetch(`${coordinator}/api/v1/clusters`)).text());
    return clusters.find(({ name }: { name: string }) => name === 'cluster-0').status === status;
  };
  await waitFor(isSo, { timeoutMs: 60_000, what: `cluster-0 to be ${status}`, everyMs: 100 });
}
