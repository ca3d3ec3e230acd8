import type { Fault } from '../schema/check.ts';
import type { IgnoredFlag } from './options/ignored-flags.ts';
import type { Options } from './options/option.ts';
import { sourceOptions } from './options/source-options.ts';
import { resolve, type Values } from './resolve.ts';
import { type FlagShape, parseArguments } from './sources/arguments.ts';
import { readSources, type Sources } from './sources/sources.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a mode or a command reads. */
export interface Reads<O extends Options> {
  readonly options: O;
  /** Accepted and told in the log. */
  readonly ignored: readonly IgnoredFlag[];
  /** Accepted in silence: they belong to another reader of the same configuration. */
  readonly others: Options;
  /** How many words without a dash it takes. */
  readonly operands: number;
}

export interface Reading<O extends Options> {
  readonly values: Values<O>;
  readonly operands: readonly string[];
  /** One sentence for each flag that was given and decides nothing. */
  readonly warnings: readonly string[];
  readonly sources: Sources;
  /** Grows as the reader finds more; `refuseFaults` ends it. */
  readonly faults: Fault[];
}

const MODE: FlagShape = { flag: 'mode', metavar: 'MODE', isSwitch: false };

/** Reads the command line, the environment and the files for one reader. Throws nothing: everything wrong is in `faults`. */
export function read<O extends Options>(reads: Reads<O>, argv: readonly string[], env: Environment): Reading<O> {
  const faults: Fault[] = [];
  const known = { ...sourceOptions, ...reads.others, ...reads.options };
  const shapes = [MODE, ...flagShapes(known), ...reads.ignored.map(valueFlag)];
  const given = parseArguments(argv, shapes);
  faults.push(...given.faults);
  for (const extra of given.operands.slice(reads.operands)) faults.push({ path: withoutPassword(extra), message: 'is not expected here' });
  const settings = sourceSettings(given.flags);
  const sources = readSources(given.flags, env, settings, faults);
  const values = resolve(reads.options, sources, settings.envPrefix, faults);
  const warnings = reads.ignored.filter(({ flag }) => given.flags.has(flag)).map(({ flag, why }) => `--${flag} is ignored: ${why}`);
  return { values, operands: given.operands.slice(0, reads.operands), warnings, sources, faults };
}

export function flagShapes(options: Options): readonly FlagShape[] {
  return Object.values(options).flatMap(({ flag, short, metavar, isSwitch }) =>
    flag === undefined ? [] : [{ flag, metavar, isSwitch, ...(short !== undefined && { short }) }],
  );
}

function valueFlag({ flag }: IgnoredFlag): FlagShape {
  return { flag, metavar: 'VALUE', isSwitch: false };
}

function sourceSettings(flags: ReadonlyMap<string, string>) {
  const { config, dotenvPath, envPrefix } = sourceOptions;
  return {
    config: flags.get('config') ?? config.default,
    isConfigExplicit: flags.has('config'),
    dotenvPath: flags.get('dotenv-path') ?? dotenvPath.default,
    envPrefix: flags.get('env-prefix') ?? envPrefix.default,
  };
}

/** A URL that landed in the wrong place, as it may be printed. */
function withoutPassword(operand: string): string {
  return operand.replace(/\/\/.*@/, '//...@');
}
