import { Command, Option as CommanderOption } from 'commander';
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

/** The page of one mode or command; nothing when there is no such topic. */
export function helpPage(name: string): string | undefined {
  const topic = [...modes, ...commands].find((candidate) => candidate.name === name);
  return topic === undefined ? undefined : page(topic);
}

/** The page that teaches what there is. */
export function overview(): string {
  const rows = (topics: readonly Topic[], prefix: string) =>
    topics.map(({ name, summary }) => `  ${`${prefix}${name}`.padEnd(21)}  ${summary}`).join('\n');
  return `vice runs interactive analyses on many Kubernetes clusters.

Usage:
  vice --mode=MODE [FLAG ...]
  vice COMMAND [FLAG ...]

Modes:
${rows(modes, '--mode=')}

Commands:
${rows(commands, '')}
  help TOPIC             the page of a mode or a command, with all its flags
  --version              which build this is

${SOURCES}

${EXIT_CODES}
`;
}

function page(topic: Topic): string {
  const command = new Command()
    .usage(topic.usage.replace(/^vice /, ''))
    .name('vice')
    .description(topic.description)
    .helpOption('-h, --help', 'this page');
  command.configureHelp({ helpWidth: 120 });
  const options = Object.values(topic.options);
  for (const option of options) if (option.flag !== undefined) command.addOption(commanderOption(option, option.flag));
  const keys = options.filter((option) => option.flag === undefined);
  return [command.helpInformation(), keysSection(keys), examples(topic), SOURCES, '', EXIT_CODES, ''].filter((part) => part !== undefined).join('\n');
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

function defaultOf({ defaultText }: Option<unknown>): string {
  return defaultText === undefined || defaultText === '' ? '' : ` (default: ${defaultText})`;
}

function examples(topic: Topic): string {
  return `Examples:\n${topic.examples.map(([does, command]) => `  # ${does}\n  ${command}`).join('\n')}\n`;
}
