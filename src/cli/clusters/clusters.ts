import { clusterCommands } from '../../config/client/cluster-commands.ts';
import { type Actions, act } from '../actions.ts';
import { deleteCluster, forget, importCertificates, register, test, turn, update } from './change.ts';
import { explain } from './explain.ts';
import { get, list, reload } from './show.ts';

const actions: Actions = {
  list,
  get,
  register,
  update,
  enable: turn('enable'),
  disable: turn('disable'),
  drain: turn('drain'),
  forget,
  delete: deleteCluster,
  'import-certs': importCertificates,
  test,
  explain,
  reload,
};

/** `vice clusters ACTION`: what an administrator does with clusters, asked of a running coordinator. Exit code 1 when it refuses or does not answer. */
export function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  return act(clusterCommands, actions, argv, env, signal);
}
