import { Command, Option as CommanderOption } from 'commander';
import type { Fault } from '../../schema/check.ts';
import { didYouMean } from './did-you-mean.ts';

/** What the command line has to know of an option. */
export interface FlagShape {
  readonly flag: string;
  readonly short?: string;
  readonly metavar: string;
  readonly isSwitch: boolean;
}

export interface Arguments {
  /** By flag, without dashes; of a repeated flag the last. */
  readonly flags: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  readonly faults: readonly Fault[];
}

/**
 * Reads a command line written as for Go programs: `-x v`, `--x v`, `--x=v`, with one dash or two, and switches as `--x` or `--x=false`. Faults are
 * collected, not thrown.
 */
export function parseArguments(argv: readonly string[], shapes: readonly FlagShape[]): Arguments {
  const { canonical, faults } = canonicalise(argv, shapes);
  const command = new Command().exitOverride().helpOption(false);
  const options = shapes.map((shape) => ({ shape, option: new CommanderOption(`--${shape.flag} <${shape.metavar}>`) }));
  for (const { option } of options) command.addOption(option);
  const { operands } = command.parseOptions([...canonical]);
  const flags = new Map<string, string>();
  for (const { shape, option } of options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (typeof value === 'string') flags.set(shape.flag, value);
  }
  return { flags, operands, faults };
}

/** The same command line as `--x=v` only, without what is not known. Commander would stop at the first fault and takes `-port` for `-p ort`. */
function canonicalise(argv: readonly string[], shapes: readonly FlagShape[]) {
  const byName = new Map(shapes.flatMap((shape) => [shape.flag, ...(shape.short ?? [])].map((name) => [name, shape] as const)));
  const canonical: string[] = [];
  const faults: Fault[] = [];
  const rest = [...argv];
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    if (token === '--') return { canonical: [...canonical, '--', ...rest], faults };
    const [, name, value] = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(token) ?? [];
    const shape = name === undefined ? undefined : byName.get(name);
    if (name === undefined) canonical.push(token);
    else if (shape === undefined) faults.push(unknownFlag(name, value, rest, byName.keys()));
    else takeValue(shape, value, rest, { canonical, faults });
  }
  return { canonical, faults };
}

interface Taken {
  readonly canonical: string[];
  readonly faults: Fault[];
}

function takeValue(shape: FlagShape, value: string | undefined, rest: string[], { canonical, faults }: Taken): void {
  const given = value ?? (shape.isSwitch ? 'true' : rest.shift());
  if (given === undefined) faults.push({ path: `--${shape.flag}`, message: 'needs a value' });
  else canonical.push(`--${shape.flag}=${given}`);
}

function unknownFlag(name: string, value: string | undefined, rest: string[], known: Iterable<string>): Fault {
  // Otherwise its value would be told as a second fault.
  if (value === undefined && rest[0]?.startsWith('-') === false) rest.shift();
  const guess = didYouMean(name, known);
  return { path: `--${name}`, message: guess === undefined ? 'is not a known flag' : `is not a known flag; did you mean --${guess}?` };
}
