import type { Options } from '../options/option.ts';
import { commands, modes } from '../topics.ts';
import { commandGroups, singleCommands } from './all-commands.ts';

/** What a shell may offer after some words: the words that can follow, or the flags that belong there. */
export interface Offer {
  /** `''` is the beginning; `clusters` and `clusters list` are what was typed after `vice`. */
  readonly after: string;
  readonly words: readonly string[];
}

/** First words of commands that are no group. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  completion: ['bash', 'zsh'],
  keys: ['generate', 'rotate'],
  policy: ['check', 'show'],
};

/** Every place on a command line, from the same tables that read it. */
export function offers(): readonly Offer[] {
  const singles = [...commands, ...singleCommands];
  const topics = [...singles, ...commandGroups].map(({ name }) => name);
  const helped = [...modes.map(({ name }) => name), ...topics];
  return [
    { after: '', words: [...topics, 'help', ...modes.map(({ name }) => `--mode=${name}`), '--help', '--version'].toSorted() },
    { after: 'help', words: helped.toSorted() },
    ...commandGroups.flatMap(({ name, commands: members }) => [
      { after: name, words: members.map((member) => member.name.slice(name.length + 1)).toSorted() },
      ...members.map((member) => ({ after: member.name, words: flagsOf(member.options) })),
    ]),
    ...singles.flatMap(({ name, options }) => {
      const actions = ACTIONS[name] ?? [];
      const flags = flagsOf(options);
      return [
        { after: name, words: actions.length > 0 ? actions : flags },
        ...actions.map((action) => ({ after: `${name} ${action}`, words: flags })),
      ];
    }),
  ];
}

function flagsOf(options: Options): readonly string[] {
  const flags = Object.values(options).flatMap(({ flag }) => (flag === undefined ? [] : [`--${flag}`]));
  return [...flags, '--help'].toSorted();
}
