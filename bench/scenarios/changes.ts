import { setTimeout as delay } from 'node:timers/promises';
import type { Findings } from '../figures.ts';
import { startManyClusters } from '../many-clusters.ts';
import { atOnce, percentile, timed } from '../measure.ts';
import type { Program } from '../program.ts';

const CLUSTERS = 10;
const LAUNCHES_A_SECOND = 200;
/** Launches that wait for their answer: more would measure the queue. */
const MOST_LAUNCHES = 100;
/** Administrators who change clusters at the same time. */
const ADMINISTRATORS = 4;

/**
 * A stream of launches while the registry of clusters is changed all the time: priorities, and clusters that are drained, disabled and enabled again. No launch may fail:
 * there is always a cluster that takes it. The stream is as long as the changes take.
 */
export async function changes(program: Program, folder: string, quick: boolean): Promise<Findings> {
  const count = quick ? 100 : 1_000;
  const { coordinator, launch, faults, stop } = await startManyClusters(program, folder, CLUSTERS);
  try {
    const refused: string[] = [];
    const change = async (n: number) => {
      const failure = await changed(coordinator.url, await idsOf(coordinator.url), n);
      if (failure !== undefined) refused.push(failure);
    };
    const times: number[] = [];
    const over = new AbortController();
    const started = performance.now();
    const stream = launches(async () => void times.push(await timed(launch)), over.signal);
    const took = await timed(() => atOnce(ADMINISTRATORS, [...Array(count).keys()], change));
    over.abort();
    const failures = await stream;
    const seconds = (performance.now() - started) / 1_000;
    const failed = faults.length + failures.length;
    return {
      figures: [
        {
          name: `changes of ${CLUSTERS} clusters a second`,
          value: count / (took / 1_000),
          unit: '/s',
          note: `${count} changes by ${ADMINISTRATORS} at once`,
        },
        { name: 'launches a second meanwhile', value: times.length / seconds, unit: '/s', note: `${LAUNCHES_A_SECOND} were asked for` },
        { name: 'p99 of a launch', value: percentile(times, 99), unit: 'ms', note: `median ${percentile(times, 50).toFixed(1)}` },
        { name: 'launches that failed', value: failed, unit: '', budget: { at_most: 0 }, note: `of ${times.length + failures.length}` },
      ],
      faults: [...faults, ...failures, ...refused],
    };
  } finally {
    await stop();
  }
}

/** As many as are due by the clock, however long each takes, until `over`. Gives why some got no answer. */
async function launches(launch: () => Promise<void>, over: AbortSignal): Promise<readonly string[]> {
  const failures: string[] = [];
  const underWay = new Set<Promise<void>>();
  const started = performance.now();
  for (let begun = 0; !over.aborted; ) {
    const due = Math.floor(((performance.now() - started) / 1_000) * LAUNCHES_A_SECOND);
    for (; begun < due && underWay.size < MOST_LAUNCHES; begun++) {
      const one: Promise<void> = launch()
        .catch((err: unknown) => void failures.push(`no answer: ${String(err)}`))
        .finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await delay(5);
  }
  await Promise.all(underWay);
  return failures;
}

async function idsOf(coordinator: string): Promise<readonly string[]> {
  const { clusters } = JSON.parse(await (await fetch(`${coordinator}/api/v1/clusters`)).text());
  return clusters.map(({ id }: { id: string }) => id).toSorted();
}

/** The first half of the clusters goes and comes back; the others only change their priority. Gives what the coordinator said when it refused. */
async function changed(coordinator: string, ids: readonly string[], n: number): Promise<string | undefined> {
  const half = Math.floor(ids.length / 2);
  const words = ['drain', 'enable', 'disable', 'enable'] as const;
  const isPriority = n % 2 === 0;
  const id = isPriority ? ids[half + (n % (ids.length - half))] : ids[n % half];
  const path = `${coordinator}/api/v1/clusters/${id}`;
  const headers = { 'content-type': 'application/json' };
  const answer = isPriority
    ? await fetch(path, { method: 'PUT', headers, body: JSON.stringify({ priority: n }) })
    : await fetch(`${path}/${words[Math.floor(n / 2) % words.length]}`, { method: 'POST' });
  const text = await answer.text();
  return answer.ok ? undefined : `a change was refused: ${answer.status} ${text}`;
}
