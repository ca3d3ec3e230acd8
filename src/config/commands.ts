import type { SpecSettings } from '../spec-builder/settings.ts';
import { outputOptions } from './client/connection-options.ts';
import { specSettings } from './coordinator.ts';
import { freeze } from './freeze.ts';
import { coordinatorOptions, databaseOptions } from './options/coordinator-options.ts';
import { ignoredFlags } from './options/ignored-flags.ts';
import { boolean, file, oneOf, text } from './options/option.ts';
import { specOptions } from './options/spec-options.ts';
import { type Environment, read } from './read.ts';
import { refuseFaults } from './resolve.ts';

/** What `vice spec` is told. */
export interface SpecConfig {
  readonly spec: SpecSettings;
  /** Path of the launch body; `-` for standard input. */
  readonly document: string;
  /** Path of a cluster profile. */
  readonly profile?: string;
  /** The login address that the label carries; empty: none known. */
  readonly loginIp: string;
  readonly output: 'json' | 'yaml';
}

/** What `vice migrate` is told. */
export interface MigrateConfig {
  /** Holds a password: never logged. */
  readonly dbUri: string;
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean;
  readonly output: 'table' | 'json' | 'yaml';
}

const group = 'Command';

export const specReads = {
  options: {
    profile: file({ flag: 'profile', group, isOptional: true, help: 'profile of a cluster, JSON or YAML' }),
    loginIp: text({ flag: 'login-ip', group, default: '', metavar: 'ADDRESS', help: 'the address that the user logged in from last' }),
    output: oneOf('json', 'yaml')({ flag: 'output', short: 'o', group, default: 'json', help: 'how the document is printed' }),
    ...specOptions,
  },
  ignored: ignoredFlags,
  others: coordinatorOptions,
  operands: 1,
} as const;

export const migrateReads = {
  options: {
    ...databaseOptions,
    dryRun: boolean({ flag: 'dry-run', group, default: 'false', help: 'say what would be done, and do nothing' }),
    ...outputOptions,
  },
  ignored: ignoredFlags,
  others: { ...coordinatorOptions, ...specOptions },
  operands: 0,
} as const;

/** @throws ConfigurationError with every fault at once */
export function loadSpecConfig(argv: readonly string[], env: Environment): SpecConfig {
  const { values, operands, faults } = read(specReads, argv, env);
  const [document] = operands;
  if (document === undefined) faults.push({ path: 'FILE', message: 'is required: the body of a launch, or - for standard input' });
  refuseFaults(faults);
  const { profile, loginIp, output } = values;
  return freeze({ spec: specSettings(values), document: document ?? '-', loginIp, output, ...(profile !== undefined && { profile }) });
}

/** @throws ConfigurationError with every fault at once */
export function loadMigrateConfig(argv: readonly string[], env: Environment): MigrateConfig {
  const { values, faults } = read(migrateReads, argv, env);
  refuseFaults(faults);
  const { dbUri, dryRun, output } = values;
  return freeze({ dbUri, dryRun, output });
}
