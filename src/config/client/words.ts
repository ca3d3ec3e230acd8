import type { Options } from '../options/option.ts';
import { commands, modes } from '../topics.ts';
import { commandGroups, singleCommands } from './all-commands.ts';

/** What a shell may offer after some words: the words that can follow, or the flags that belong there. */
export interface Offer {
  /** `''` is the beginning; `clusters` and `clusters list` are what was typed after `vice`. */
  readonly after: string;
  readonly words: readonly string[];
}

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
    { after: 'completion', words: ['bash', 'zsh'] },
    ...singles.filter(({ name }) => name !== 'completion').map(({ name, options }) => ({ after: name, words: flagsOf(options) })),
  ];
}

function flagsOf(options: Options): readonly string[] {
  const flags = Object.values(options).flatMap(({ flag }) => (flag === undefined ? [] : [`--${flag}`]));
  return [...flags, '--help'].toSorted();
}
