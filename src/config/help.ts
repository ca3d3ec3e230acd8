import { Command, Option as CommanderOption, Help } from 'commander';
import { commandGroups, singleCommands, usageOf } from './client/all-commands.ts';
import type { ClientCommand, CommandGroup } from './client/command.ts';
import type { Option } from './options/option.ts';
import { variableOf } from './sources/sources.ts';
import { commands, modes, type Topic } from './topics.ts';

const EXIT_CODES = `Exit codes:
  0  done, or drained after SIGTERM
  1  it failed; standard error says why
  2  flags, environment or files are wrong; standard error names every fault`;

const SOURCES = `Where values come from, the strongest first:
  flags                  --x v, --x=v or -x v; switches as --x or --x=false
  environment            DISCOENV_ and the key: db.uri is DISCOENV_DB_URI
  --dotenv-path          the same names, one NAME=value a line
  --config               YAML; what has a flag stands there under the flag's name`;

const WIDEST = 120;
/** Below it flags and what they mean stand below each other. */
const NARROW = 110;
/** Of all tables of one page, so that they stand below each other. */
const LEAST_COLUMN = 21;

/** The page of one mode, command or group of commands, by its words, for so many columns; nothing when there is no such topic. */
export function helpPage(name: string, columns = WIDEST): string | undefined {
  const width = Math.min(columns, WIDEST);
  const topic = [...modes, ...commands].find((candidate) => candidate.name === name);
  if (topic !== undefined) return page(topic, width);
  const group = commandGroups.find((candidate) => candidate.name === name);
  if (group !== undefined) return groupPage(group, width);
  const command = [...singleCommands, ...commandGroups.flatMap((each) => each.commands)].find((candidate) => candidate.name === name);
  return command && commandPage(command, width);
}

/** The page that teaches what there is, for so many columns. */
export function overview(columns = WIDEST): string {
  const width = Math.min(columns, WIDEST);
  const rows = (topics: readonly Pick<Topic, 'name' | 'summary'>[], prefix: string) =>
    table(
      topics.map(({ name, summary }) => [`${prefix}${name}`, summary]),
      width,
    );
  const groups = commandGroups.map(({ name, summary }) => ({ name: `${name} ...`, summary }));
  return `vice runs interactive analyses on many Kubernetes clusters.

Usage:
  vice --mode=MODE [FLAG ...]
  vice COMMAND [FLAG ...]

Modes:
${rows(modes, '--mode=')}

Commands that take a configuration, as the modes do:
${rows(commands, '')}

Commands from anywhere, which ask a coordinator (--coordinator URL) or nobody:
${rows([...groups, ...singleCommands], '')}

  help TOPIC             the page of a mode or a command, with all its flags
  --version              which build this is

${SOURCES}

${EXIT_CODES}
`;
}

/** What is too long for the second column goes on below itself. */
function table(rows: readonly (readonly [term: string, text: string])[], width: number): string {
  const first = Math.max(LEAST_COLUMN, ...rows.map(([term]) => term.length));
  const wrapped = (text: string) => new Help().boxWrap(text, width - first - 4).replaceAll('\n', `\n${' '.repeat(first + 4)}`);
  return rows.map(([term, text]) => `  ${term.padEnd(first)}  ${wrapped(text)}`).join('\n');
}

function page(topic: Topic, width: number): string {
  const keys = Object.values(topic.options).filter((option) => option.flag === undefined);
  return [flagsPart(topic, width), keysSection(keys), examples(topic), SOURCES, '', EXIT_CODES, ''].filter((part) => part !== undefined).join('\n');
}

function commandPage(command: ClientCommand, width: number): string {
  return [flagsPart({ ...command, usage: usageOf(command) }, width), examples(command), EXIT_CODES, ''].join('\n');
}

function groupPage({ name, commands: members }: CommandGroup, width: number): string {
  const rows = members.map((member) => [usageOf(member).replace(`vice ${name} `, '').replace(' [FLAG ...]', ''), member.summary] as const);
  return `Usage: vice ${name} COMMAND [FLAG ...]\n\n${table(rows, width)}\n\nvice help ${name} COMMAND is the page of one, with all its flags.\n\n${EXIT_CODES}\n`;
}

function flagsPart({ usage, description, options }: Pick<Topic, 'usage' | 'description' | 'options'>, width: number): string {
  const command = new Command()
    .usage(usage.replace(/^vice /, ''))
    .name('vice')
    .description(description)
    .helpOption('-h, --help', 'this page');
  command.configureHelp({ helpWidth: width, ...(width < NARROW && { formatItem: belowEachOther }) });
  for (const option of Object.values(options)) if (option.flag !== undefined) command.addOption(commanderOption(option, option.flag));
  return command.helpInformation();
}

function belowEachOther(term: string, _termWidth: number, description: string, helper: Help): string {
  const indent = ' '.repeat(6);
  const lines = helper.boxWrap(description, (helper.helpWidth ?? NARROW) - indent.length).split('\n');
  return [`  ${term}`, ...lines.map((line) => `${indent}${line}`)].join('\n');
}

function commanderOption(option: Option<unknown>, flag: string): CommanderOption {
  const value = option.isSwitch ? '' : ` <${option.metavar}>`;
  const short = option.short === undefined ? '' : `-${option.short}, `;
  return new CommanderOption(`${short}--${flag}${value}`, `${option.help}${defaultOf(option)}`).helpGroup(`${option.group}:`);
}

function keysSection(keys: readonly Option<unknown>[]): string | undefined {
  if (keys.length === 0) return undefined;
  const rows = keys.map((option) => `  ${option.key.padEnd(32)}  ${option.help}${defaultOf(option)}${option.isRequired ? ' (required)' : ''}`);
  return `Keys of the configuration file, or of the environment (${keys[0] ? variableOf('DISCOENV_', keys[0].key) : ''} ...):\n${rows.join('\n')}\n`;
}

function defaultOf({ defaultText, variable }: Option<unknown>): string {
  const parts = [...(variable === undefined ? [] : [`or ${variable}`]), ...(defaultText ? [`default: ${defaultText}`] : [])];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

function examples(topic: Pick<Topic, 'examples'>): string {
  return `Examples:\n${topic.examples.map(([does, command]) => `  # ${does}\n  ${command}`).join('\n')}\n`;
}
