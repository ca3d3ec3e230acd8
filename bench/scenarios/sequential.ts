import { cpus } from 'node:os';
import { bareClient, type Contender } from '../contenders.ts';
import type { Figure, Findings } from '../figures.ts';
import { allGone } from '../leftovers.ts';
import { atOnce, median, percentile, timed } from '../measure.ts';
import { machineCpuMs } from '../processor-time.ts';
import type { Rig } from '../rig.ts';

interface Sample {
  readonly launchMs: number;
  /** From the request to the pod being seen ready. */
  readonly readyMs: number;
  /** Processor time between request and answer: of all programs of the machine, and of coordinator and deployer. */
  readonly machineMs: number;
  readonly ownMs: number;
}

/** Launches one after another, the contenders taking turns, each removed before the next one starts. */
export async function sequential(rig: Rig, quick: boolean): Promise<Findings> {
  const [rounds, warmUp] = quick ? [8, 10] : [30, 20];
  const contenders = [...(await rig.contenders()), bareClient(rig.kube, 'in order')];
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await warm(rig, contender, warmUp);
  for (let round = -1; round < rounds; round++) {
    for (const contender of contenders) {
      const sample = await once(rig, contender);
      if (round >= 0) samples.get(contender.name)?.push(sample);
    }
  }
  const of = (name: string) => samples.get(name) ?? [];
  const floorMs = median(of('floor').map(({ launchMs }) => launchMs));
  const figures = contenders.flatMap(({ name }): Figure[] => {
    const times = of(name).map(({ launchMs }) => launchMs);
    const note = `min ${Math.min(...times).toFixed(1)}, p90 ${percentile(times, 90).toFixed(1)}, of ${times.length}`;
    const figure: Figure = { name: `${name}, median`, value: median(times), unit: 'ms', note };
    if (name === 'floor') return [figure];
    const ratio: Figure = {
      name: `${name} ÷ floor`,
      value: median(times) / floorMs,
      unit: '×',
      ...(name === 'vice' && { budget: { at_most: 1.5 } }),
    };
    return [figure, ratio];
  });
  const explained = contenders.flatMap(({ name }) => [processorTime(name, of(name)), toReady(name, of(name))]);
  return { figures: [...figures, ...explained] };
}

/** Opens every connection on the way, prepares the statements of each, and lets the programs compile what they run. */
async function warm({ kube, pods }: Rig, contender: Contender, count: number): Promise<void> {
  const launches = await Promise.all(Array.from({ length: count }, contender.prepare));
  const ids = launches.map(({ externalId }) => externalId);
  await atOnce(10, launches, (launch) => launch.start());
  await Promise.all(ids.map((id) => pods.ready(id)));
  await Promise.all(launches.map((launch) => launch.remove()));
  await allGone(kube, ids);
}

async function once({ kube, pods, vice }: Rig, contender: Contender): Promise<Sample> {
  const { coordinator, deployer } = await vice();
  const used = () => ({ machine: machineCpuMs(), own: coordinator.cpuMs() + deployer.cpuMs() });
  const launch = await contender.prepare();
  const before = used();
  const started = performance.now();
  const launchMs = await timed(launch.start);
  const after = used();
  const readyMs = (await pods.ready(launch.externalId)) - started;
  await launch.remove();
  await allGone(kube, [launch.externalId]);
  return { launchMs, readyMs, machineMs: after.machine - before.machine, ownMs: after.own - before.own };
}

/** The mean, because it is counted in steps that are longer than some of it. */
function processorTime(name: string, samples: readonly Sample[]): Figure {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const note = `of ${cpus().length} processors; coordinator and deployer ${mean(({ ownMs }) => ownMs).toFixed(0)} of it`;
  return { name: `${name}: processor time until the answer, mean`, value: mean(({ machineMs }) => machineMs), unit: 'ms', note };
}

function toReady(name: string, samples: readonly Sample[]): Figure {
  const times = samples.map(({ readyMs }) => readyMs);
  const note = `p90 ${percentile(times, 90).toFixed(0)}, max ${Math.max(...times).toFixed(0)}`;
  return { name: `${name}: request → pod ready, p50`, value: median(times), unit: 'ms', note };
}
