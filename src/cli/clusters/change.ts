import { clusterApi } from '../../adapters/coordinator-client/clusters.ts';
import * as commands from '../../config/client/cluster-commands.ts';
import { readCommand } from '../../config/client/command.ts';
import { ConfigurationError } from '../../errors/errors.ts';
import type { Fault } from '../../schema/check.ts';
import type { Action } from '../actions.ts';
import { connect } from '../connect.ts';
import { confirm } from '../output/confirm.ts';
import { print } from '../output/print.ts';
import { screenOf } from '../output/screen.ts';
import { type ClusterFlags, certificatesInFolder, certificatesInSecret, clusterDocument } from './documents.ts';
import { connectionOf } from './views.ts';

export const register: Action = async (argv, env, signal) => {
  const { values } = readCommand(commands.registerCluster, argv, env, ({ values: flags }, faults) => {
    refuseBoth(flags, faults);
    for (const flag of flags.file === undefined ? (['name', 'url'] as const) : []) {
      if (flags[flag] === undefined) faults.push({ path: `--${flag}`, message: 'is required, or a file (-f)' });
    }
  });
  const document = clusterDocument(values);
  const clusters = clusterApi(connect(values), signal);
  const registered = await clusters.register(document);
  const { id } = registered;
  // Whoever registers a cluster wants to know whether it can be reached; it is registered whatever becomes of the question.
  const cluster = await clusters.turn(id, 'test').catch(() => registered);
  const launches = cluster.enabled ? 'it takes launches' : `it takes no launches until vice clusters enable ${cluster.name}`;
  print(values.output, cluster, () => `${cluster.name} is registered as ${id}\ndeployer: ${connectionOf(cluster)}\n${launches}\n`);
  return 0;
};

export const update: Action = async (argv, env, signal) => {
  const { values, operands } = readCommand(commands.updateCluster, argv, env, ({ values: flags }, faults) => {
    refuseBoth(flags, faults);
  });
  const document = clusterDocument(values);
  if (Object.keys(document).length === 0) throw new ConfigurationError('nothing is to be changed; vice help clusters update lists what can be');
  const clusters = clusterApi(connect(values), signal);
  const { id } = await clusters.find(operands[0] ?? '');
  const cluster = await clusters.change(id, document);
  print(values.output, cluster, () => `${cluster.name} is changed: ${Object.keys(document).join(', ')}\n`);
  return 0;
};

const TURNS = {
  enable: [commands.enableCluster, 'takes launches'],
  disable: [commands.disableCluster, 'takes no more launches; analyses that run there go on'],
  drain: [commands.drainCluster, 'takes no more launches; when its analyses have ended, it can be deleted'],
} as const;

export const turn =
  (word: keyof typeof TURNS): Action =>
  async (argv, env, signal) => {
    const [command, told] = TURNS[word];
    const { values, operands } = readCommand(command, argv, env);
    const clusters = clusterApi(connect(values), signal);
    const { id } = await clusters.find(operands[0] ?? '');
    const cluster = await clusters.turn(id, word);
    print(values.output, cluster, () => `${cluster.name} ${told}\n`);
    return 0;
  };

export const test: Action = async (argv, env, signal) => {
  const { values, operands } = readCommand(commands.testCluster, argv, env);
  const clusters = clusterApi(connect(values), signal);
  const { id } = await clusters.find(operands[0] ?? '');
  const cluster = await clusters.turn(id, 'test');
  print(values.output, cluster, () => `${cluster.name}: ${connectionOf(cluster)}\n`);
  return cluster.connection?.state === 'healthy' ? 0 : 1;
};

export const forget: Action = async (argv, env, signal) => {
  const { values, operands } = readCommand(commands.forgetCluster, argv, env);
  const clusters = clusterApi(connect(values), signal);
  const { id, name } = await clusters.find(operands[0] ?? '');
  const question = `Give up the cluster ${name} and every analysis in it?`;
  if (!(await confirm(question, { yes: values.yes, screen: screenOf(env), signal }))) return 1;
  const forgotten = await clusters.forget(id, name);
  print(values.output, forgotten, () => `${name} is given up; analyses that ended there: ${forgotten.analyses}\n`);
  return 0;
};

export const deleteCluster: Action = async (argv, env, signal) => {
  const { values, operands } = readCommand(commands.deleteCluster, argv, env);
  const clusters = clusterApi(connect(values), signal);
  const { id, name, deployer_url } = await clusters.find(operands[0] ?? '');
  if (!(await confirm(`Delete the cluster ${name} (${deployer_url})?`, { yes: values.yes, screen: screenOf(env), signal }))) return 1;
  await clusters.delete(id);
  print(values.output, { id, name, deleted: true }, () => `${name} is deleted\n`);
  return 0;
};

export const importCertificates: Action = async (argv, env, signal) => {
  const { values, operands } = readCommand(commands.importCertificates, argv, env, ({ values: { dir, secret } }, faults) => {
    if ((dir === undefined) === (secret === undefined)) faults.push({ path: '--dir', message: 'is required, or else a Secret (-f)' });
  });
  const { dir, secret = '-' } = values;
  const document = dir === undefined ? certificatesInSecret(secret) : certificatesInFolder(dir);
  const clusters = clusterApi(connect(values), signal);
  const { id } = await clusters.find(operands[0] ?? '');
  const changed = await clusters.change(id, document);
  const cluster = await clusters.turn(id, 'test').catch(() => changed);
  const { name, connection, client_certificate: client } = cluster;
  const left = client === undefined ? '' : `, good for ${client.days_left} days`;
  print(values.output, cluster, () => `${name} has new certificates${left}\ndeployer: ${connectionOf(cluster)}\n`);
  return connection?.state === 'auth_failed' ? 1 : 0;
};

function refuseBoth({ enabled, disabled }: Pick<ClusterFlags, 'enabled' | 'disabled'>, faults: Fault[]): void {
  if (enabled !== undefined && disabled !== undefined) faults.push({ path: '--disabled', message: 'cannot be given together with --enabled' });
}
