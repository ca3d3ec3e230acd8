import type { Findings } from '../figures.ts';
import { allGone } from '../leftovers.ts';
import { median, percentile } from '../measure.ts';
import type { Rig } from '../rig.ts';
import { openVolumePool } from '../volume-pool.ts';

/**
 * From `POST /vice/launch` to the pod being seen ready, where the working directory's class has volumes at hand. A class that makes its volumes for the
 * first consumer costs a second more whoever creates the objects: kube-scheduler looks for the first time after a second whether the volume is bound.
 */
export async function running(rig: Rig, quick: boolean): Promise<Findings> {
  const [rounds, warmUp] = quick ? [8, 3] : [30, 5];
  const pool = await openVolumePool(rig.kube, rounds + warmUp);
  try {
    const { contender } = await rig.newVice({ profile: { local_storage_class: pool.storageClass } });
    const times: number[] = [];
    for (let round = -warmUp; round < rounds; round++) {
      const launch = await contender.prepare();
      const started = performance.now();
      await launch.start();
      const ms = (await rig.pods.ready(launch.externalId)) - started;
      if (round >= 0) times.push(ms);
      await launch.remove();
      await pool.discard(launch.externalId);
      await allGone(rig.kube, [launch.externalId]);
    }
    const note = `min ${Math.min(...times).toFixed(0)}, p90 ${percentile(times, 90).toFixed(0)}, max ${Math.max(...times).toFixed(0)}`;
    return { figures: [{ name: 'vice: request → pod ready, p50', value: median(times), unit: 'ms', budget: { at_most: 1000 }, note }] };
  } finally {
    await pool.close();
  }
}
