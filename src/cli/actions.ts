import type { CommandGroup } from '../config/client/command.ts';
import { didYouMean } from '../config/sources/did-you-mean.ts';
import { ConfigurationError } from '../errors/errors.ts';

export type Action = (argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal) => Promise<number>;
/** By the word after the group's name. */
export type Actions = Readonly<Record<string, Action>>;

/** Does what the first word says. @throws ConfigurationError when it says nothing that there is */
export function act(
  group: CommandGroup,
  actions: Actions,
  [word, ...rest]: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  const action = word !== undefined && Object.hasOwn(actions, word) ? actions[word] : undefined;
  if (action !== undefined) return action(rest, env, signal);
  const words = Object.keys(actions);
  const guess = word === undefined ? undefined : didYouMean(word, words);
  const known = guess === undefined ? `there are ${words.join(', ')}` : `did you mean ${guess}?`;
  const isAction = word !== undefined && !word.startsWith('-');
  throw new ConfigurationError(isAction ? `there is no vice ${group.name} ${word}; ${known}` : `vice ${group.name} needs one word more; ${known}`);
}
