import { clusterApi } from '../../adapters/coordinator-client/clusters.ts';
import { explainPlacement } from '../../config/client/cluster-commands.ts';
import { readCommand } from '../../config/client/command.ts';
import type { PlacementExplanation } from '../../schema/placement.ts';
import type { Action } from '../actions.ts';
import { connect } from '../connect.ts';
import { print } from '../output/print.ts';
import { type Screen, screenOf } from '../output/screen.ts';
import { type Column, table } from '../output/table.ts';

/** Exit code 1 when no cluster would take it. */
export const explain: Action = async (argv, env, signal) => {
  const { values } = readCommand(explainPlacement, argv, env);
  const { cpu, memory, disk, gpus, image, cluster } = values;
  const clusters = clusterApi(connect(values), signal);
  const demand = { cpu, memory, disk, gpus, image, gpu_model: values.gpuModel, gpu_vendor: values.gpuVendor };
  const explained = await clusters.explain({ ...demand, ...(cluster !== undefined && { cluster_id: (await clusters.find(cluster)).id }) });
  print(values.output, explained, () => explanationTable(explained, screenOf(env)));
  return explained.clusters.some(({ rank }) => rank !== undefined) ? 0 : 1;
};

type Explained = PlacementExplanation['clusters'][number];

const columns: readonly Column<Explained>[] = [
  { header: 'RANK', of: ({ rank }) => rank ?? '-' },
  { header: 'CLUSTER', of: ({ name }) => name, tone: ({ rank }) => (rank === undefined ? 'quiet' : 'good') },
  { header: 'ANALYSES', of: ({ used, capacity }) => `${used.slots}${capacity.slots === undefined ? '' : ` of ${capacity.slots}`}` },
  { header: 'WHY', of: ({ why, filters }) => refusalsOf(filters) || why },
];

function explanationTable({ strategy, clusters }: PlacementExplanation, screen: Screen): string {
  if (clusters.length === 0) return 'no cluster is registered\n';
  return `${table(clusters, columns, screen)}\nstrategy: ${strategy}\n`;
}

function refusalsOf(filters: Explained['filters']): string {
  return filters.flatMap(({ passes, filter, reason }) => (passes ? [] : [reason ?? filter])).join('; ');
}
