import { pkiCommands } from '../../config/client/pki-commands.ts';
import { type Actions, act } from '../actions.ts';
import { init, issueClient, issueServer } from './make.ts';
import { show } from './show.ts';

const actions: Actions = { init, 'issue-server': issueServer, 'issue-client': issueClient, show };

/** `vice pki ACTION`: an authority in a folder, for those who have no other. It asks nobody. */
export function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  return act(pkiCommands, actions, argv, env, signal);
}
