import type { PlacementRequest, SelectableCluster, Used } from '../../src/cluster-selector/cluster-selector.ts';
import { selectorBy } from '../../src/cluster-selector/rank.ts';
import type { ClusterId } from '../../src/schema/ids.ts';
import { STRATEGY_NAMES } from '../../src/schema/placement.ts';
import type { Figure, Findings } from '../figures.ts';

const CLUSTERS = 1_000;
const image = 'harbor.example.org/rstudio:4.4';

/** Decisions a second among a thousand clusters, a tenth of which is refused by each filter. */
export async function selection(quick: boolean): Promise<Findings> {
  const clusters = Array.from({ length: CLUSTERS }, (_, n) => cluster(n));
  const requests: readonly PlacementRequest[] = [
    { gpus: 0, gpu_models: [], cpu_millicores: 2_000, memory_bytes: 2 ** 32, image },
    { gpus: 1, gpu_models: ['NVIDIA-A16'], cpu_millicores: 4_000, memory_bytes: 2 ** 34, disk_bytes: 2 ** 35, image },
  ];
  const figures = STRATEGY_NAMES.map((strategy): Figure => {
    const selector = selectorBy(strategy);
    const decide = (number: number) => {
      for (let n = 0; n < number; n++) selector.rank(requests[n % requests.length] as PlacementRequest, clusters); // the index is in range
    };
    const decisions = quick ? 500 : 5_000;
    decide(200); // warm
    const started = performance.now();
    decide(decisions);
    const perSecond = decisions / ((performance.now() - started) / 1_000);
    return { name: `${strategy}, ${CLUSTERS} clusters`, value: perSecond, unit: '/s', budget: { at_least: 1_000 } };
  });
  return { figures };
}

function cluster(n: number): SelectableCluster {
  const used: Used = {
    slots: n % 90,
    cpu_millicores: n * 100,
    memory_bytes: n * 2 ** 28,
    gpus: n % 3,
    images: new Map(n % 4 === 0 ? [[image, 1]] : []),
  };
  return {
    id: String(n) as ClusterId, // the selector never looks into an id
    name: `cluster-${n}`,
    enabled: n % 10 !== 0,
    priority: n % 7,
    status: n % 10 === 1 ? 'unreachable' : 'healthy',
    profile: {
      draining: n % 10 === 2,
      gpu: { vendor: n % 10 === 3 ? 'amd' : 'nvidia', models: ['NVIDIA-A16', 'NVIDIA-L40S'] },
      capacity: { slots: n % 10 === 4 ? 0 : 100, cpu_millicores: 1_000_000, memory_bytes: 2 ** 42, gpus: 8 },
      max_disk_bytes: n % 10 === 5 ? 2 ** 30 : 2 ** 40,
    },
    used,
  };
}
