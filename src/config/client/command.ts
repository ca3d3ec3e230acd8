import type { Fault } from '../../schema/check.ts';
import type { Options } from '../options/option.ts';
import { type Environment, flagShapes } from '../read.ts';
import { refuseFaults, resolve, type Values } from '../resolve.ts';
import { parseArguments } from '../sources/arguments.ts';
import type { Sources } from '../sources/sources.ts';

/** A command for a person or a script: it is told by its command line, and by the variables that its options name. It reads no configuration file. */
export interface ClientCommand<O extends Options = Options> {
  /** The words after `vice`: `clusters list`. */
  readonly name: string;
  /** What stands for each of its operands. `[ID]` may be left out, `FILE...` are one or more. */
  readonly operands: readonly string[];
  /** A clause for a list. */
  readonly summary: string;
  readonly description: string;
  readonly options: O;
  readonly examples: readonly (readonly [does: string, command: string])[];
}

/** Commands that begin with the same word. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly ClientCommand[];
}

export interface CommandLine<O extends Options> {
  readonly values: Values<O>;
  readonly operands: readonly string[];
}

/**
 * Reads the command line of a command, whose words are no longer in it. `examine` adds what is wrong between the values.
 * @throws ConfigurationError with every fault at once
 */
export function readCommand<O extends Options>(
  command: ClientCommand<O>,
  argv: readonly string[],
  env: Environment,
  examine: (line: CommandLine<O>, faults: Fault[]) => void = () => undefined,
): CommandLine<O> {
  const given = parseArguments(argv, flagShapes(command.options));
  const faults: Fault[] = [...given.faults, ...faultsOfOperands(command.operands, given.operands)];
  const values = resolve(command.options, commandLineSources(given.flags, env), '', faults);
  const line = { values, operands: given.operands };
  examine(line, faults);
  // What stands at its default because it was faulty may be found wanting once more.
  refuseFaults(
    faults.filter(({ path }, index) => faults.findIndex((first) => first.path === path) === index),
    `the command line of vice ${command.name}`,
  );
  return line;
}

function commandLineSources(flags: ReadonlyMap<string, string>, env: Environment): Sources {
  return {
    find: ({ flag, variable }) => {
      const onCommandLine = flag === undefined ? undefined : flags.get(flag);
      if (onCommandLine !== undefined) return { text: onCommandLine, origin: `--${flag}` };
      const inEnvironment = variable === undefined ? undefined : env[variable];
      return variable === undefined || !inEnvironment ? undefined : { text: inEnvironment, origin: variable };
    },
  };
}

function faultsOfOperands(wanted: readonly string[], given: readonly string[]): readonly Fault[] {
  const missing = wanted.filter((word, index) => !word.startsWith('[') && given[index] === undefined);
  const isOpenEnded = wanted.at(-1)?.endsWith('...') ?? false;
  const extra = isOpenEnded ? [] : given.slice(wanted.length);
  return [
    ...missing.map((word) => ({ path: word.replace('...', ''), message: 'is required' })),
    ...extra.map((path) => ({ path, message: 'is not expected here' })),
  ];
}
