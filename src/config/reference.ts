import type { Option } from './options/option.ts';
import { variableOf } from './sources/sources.ts';
import { commands, modes, type Topic } from './topics.ts';

/** The page `docs/reference/flags.md`: every flag, key and variable of every mode and command. */
export function flagsReference(): string {
  return `# Flags, keys and variables

Made from the table of options (\`src/config/options/\`) by \`npm run check\`; not edited by hand.

A value is taken from the first of these that has it: the flag; the environment; the file of \`--dotenv-path\`; the YAML file of \`--config\`. Flags are
written \`--x v\`, \`--x=v\` or \`-x v\`, switches \`--x\` or \`--x=false\`. Everything that is wrong is told at once, with exit code 2.

${[...modes, ...commands].map(section).join('\n')}`;
}

function section(topic: Topic): string {
  const groups = Map.groupBy(Object.values(topic.options), (option) => option.group);
  const tables = [...groups].map(([group, options]) => `### ${topic.name}: ${group}\n\n${table(options)}`);
  return `## \`${topic.usage}\`\n\n${topic.description}\n\n${tables.join('\n')}${ignored(topic)}`;
}

function table(options: readonly Option<unknown>[]): string {
  const rows = options.map((option) => {
    const flag = option.flag === undefined ? '' : `\`--${option.flag}\``;
    const standard = option.isRequired ? '**required**' : option.defaultText ? `\`${option.defaultText}\`` : '';
    return `| ${flag} | \`${option.key}\` | \`${variableOf('DISCOENV_', option.key)}\` | ${standard} | ${option.help} |`;
  });
  return `| flag | key | variable | default | what |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

function ignored({ ignored: flags }: Topic): string {
  if (flags.length === 0) return '';
  return `\nAccepted, told in the log, and without effect: ${flags.map(({ flag, why }) => `\`--${flag}\` (${why})`).join(', ')}.\n`;
}
