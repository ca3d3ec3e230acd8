import type { Findings } from '../figures.ts';
import { atOnce } from '../measure.ts';
import type { Rig } from '../rig.ts';

/** Resident memory: just started, and with many analyses. Last of all, because nothing is removed. */
export async function memory(rig: Rig, quick: boolean): Promise<Findings> {
  const analyses = quick ? 100 : 1000;
  const { coordinator, deployer, contender } = await rig.newVice();
  const read = () => ({ coordinator: coordinator.memoryMegabytes(), deployer: deployer.memoryMegabytes() });
  await rig.quiet();
  const idle = read();
  const faults: string[] = [];
  const launches = await Promise.all(Array.from({ length: analyses }, contender.prepare));
  await atOnce(10, launches, (launch) => launch.start().catch((err: unknown) => void faults.push(`vice: ${String(err)}`)));
  if (faults.length === 0) await Promise.all(launches.map(({ externalId }) => rig.pods.ready(externalId)));
  await rig.quiet();
  const full = read();
  return {
    figures: [
      { name: 'coordinator, idle', value: idle.coordinator, unit: 'MB' },
      { name: `coordinator, ${analyses} analyses`, value: full.coordinator, unit: 'MB' },
      { name: 'deployer, idle', value: idle.deployer, unit: 'MB' },
      { name: `deployer, ${analyses} analyses`, value: full.deployer, unit: 'MB' },
    ],
    faults,
  };
}
