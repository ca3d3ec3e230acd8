import type { Findings } from '../figures.ts';
import { startManyClusters } from '../many-clusters.ts';
import { atOnce } from '../measure.ts';
import type { Program } from '../program.ts';

const CLUSTERS = 100;

/** What a coordinator of a hundred clusters holds in memory: new, and with ten thousand analyses that it has launched without a rest. */
export async function holding(program: Program, folder: string, quick: boolean): Promise<Findings> {
  const { coordinator, deployers, launch, faults, stop } = await startManyClusters(program, folder, CLUSTERS);
  const analyses = quick ? 500 : 10_000;
  try {
    const idle = coordinator.memoryMegabytes();
    await atOnce(20, Array.from({ length: analyses }), launch);
    const full = coordinator.memoryMegabytes();
    const held = deployers.reduce((sum, deployer) => sum + deployer.held.size, 0);
    const lost = held === analyses ? [] : [`${analyses} analyses were launched, and the clusters have ${held}`];
    return {
      figures: [
        { name: `coordinator, ${CLUSTERS} clusters`, value: idle, unit: 'MB' },
        { name: `coordinator, ${analyses} analyses on them`, value: full, unit: 'MB', ...(!quick && { budget: { below: 200 } }) },
      ],
      faults: [...faults, ...lost],
    };
  } finally {
    await stop();
  }
}
