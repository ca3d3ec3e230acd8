import { clusterApi } from '../../adapters/coordinator-client/clusters.ts';
import { getCluster, listClusters, reloadClusters } from '../../config/client/cluster-commands.ts';
import { readCommand } from '../../config/client/command.ts';
import type { Action } from '../actions.ts';
import { connect } from '../connect.ts';
import { print } from '../output/print.ts';
import { screenOf } from '../output/screen.ts';
import { clusterPage, clustersTable } from './views.ts';

export const list: Action = async (argv, env, signal) => {
  const { values } = readCommand(listClusters, argv, env);
  const clusters = await clusterApi(connect(values), signal).list();
  print(values.output, { clusters }, () => clustersTable(clusters, screenOf(env), Date.now()));
  return 0;
};

export const get: Action = async (argv, env, signal) => {
  const { values, operands } = readCommand(getCluster, argv, env);
  const api = clusterApi(connect(values), signal);
  const cluster = await api.get((await api.find(operands[0] ?? '')).id);
  print(values.output, cluster, () => clusterPage(cluster, Date.now()));
  return 0;
};

export const reload: Action = async (argv, env, signal) => {
  const { values } = readCommand(reloadClusters, argv, env);
  const clusters = await clusterApi(connect(values), signal).reload();
  print(values.output, { clusters }, () => clustersTable(clusters, screenOf(env), Date.now()));
  return 0;
};
