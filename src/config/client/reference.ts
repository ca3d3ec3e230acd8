import type { Option } from '../options/option.ts';
import { commandGroups, singleCommands, usageOf } from './all-commands.ts';
import type { ClientCommand } from './command.ts';
import { connectionOptions, outputOptions } from './connection-options.ts';

const shared = { ...connectionOptions, ...outputOptions };
const sharedFlags: ReadonlySet<string | undefined> = new Set(Object.values(shared).map(({ flag }) => flag));

/** The page `docs/reference/cli.md`: every command for a person or a script. */
export function cliReference(): string {
  const groups = commandGroups.map(({ name, summary, commands }) => `## \`vice ${name}\`: ${summary}\n\n${commands.map(section).join('\n')}`);
  return `# Commands

Made from the tables of \`src/config/client/\` by \`npm run check\`; not edited by hand. Commands that read the coordinator's configuration are in [flags.md](flags.md).

Flags are written \`--x v\`, \`--x=v\` or \`-x v\`, switches \`--x\` or \`--x=false\`. Everything that is wrong with a command line is told at once. Exit codes: 0 it is done, 1 what was asked
failed, 2 the command line or a file that it names is wrong. With \`-o json\` or \`-o yaml\` standard output holds one document and nothing else; what goes on meanwhile is told on standard
error, and only to a terminal. \`NO_COLOR\` is honoured. Names of clusters are taken wherever an id is.

Every command that asks a coordinator takes these, and every command that prints something the last one:

${table(Object.values(shared))}
${groups.join('\n')}
## Others

${singleCommands.map(section).join('\n')}`;
}

function section(command: ClientCommand): string {
  const { name, description, options, examples } = command;
  const own = Object.values<Option<unknown>>(options).filter((option) => !sharedFlags.has(option.flag));
  const flags = own.length === 0 ? '' : `${table(own)}\n`;
  const shown = examples.map(([does, line]) => `# ${does}\n${line}`).join('\n');
  return `### vice ${name}\n\n\`${usageOf(command)}\`\n\n${description}\n\n${flags}\`\`\`sh\n${shown}\n\`\`\`\n`;
}

function table(options: readonly Option<unknown>[]): string {
  return `| flag | default | what |\n|---|---|---|\n${options.map(row).join('\n')}\n`;
}

function row({ flag, short, metavar, isSwitch, defaultText, help, variable }: Option<unknown>): string {
  const value = isSwitch ? '' : ` ${metavar.replaceAll('|', '\\|')}`;
  const written = `\`--${flag}${value}\`${short === undefined ? '' : `, \`-${short}\``}`;
  const standard = [...(variable === undefined ? [] : [`\`$${variable}\``]), ...(defaultText ? [`\`${defaultText}\``] : [])].join(', else ');
  return `| ${written} | ${standard} | ${help} |`;
}
