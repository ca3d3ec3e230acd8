import type { LevelWithSilent } from 'pino';
import type { StrategyName } from '../schema/placement.ts';
import type { SpecSettings } from '../spec-builder/settings.ts';
import { type AccessConfig, accessOf } from './access.ts';
import { freeze } from './freeze.ts';
import { type KeyText, keyTextOf } from './key-text.ts';
import { logLevelOf } from './levels.ts';
import { coordinatorOptions } from './options/coordinator-options.ts';
import { ignoredFlags } from './options/ignored-flags.ts';
import { specOptions } from './options/spec-options.ts';
import { type Environment, read } from './read.ts';
import { refuseFaults } from './resolve.ts';

/** Everything that `--mode=coordinator` is told from outside. */
export interface CoordinatorConfig {
  readonly port: number;
  readonly hostname: string;
  readonly maxBodyBytes: number;
  readonly logLevel: LevelWithSilent;
  /** After SIGTERM, how long requests under way may take. */
  readonly drainSeconds: number;
  /** Holds a password: never logged. */
  readonly dbUri: string;
  /** A direct connection, for LISTEN. Holds a password: never logged. */
  readonly dbListenUri: string;
  /** With its `@`; empty when user names carry no domain. */
  readonly userSuffix: string;
  /** User names that no quota stops. */
  readonly bypassUsers: readonly string[];
  readonly registryReloadSeconds: number;
  readonly placementStrategy: StrategyName;
  /** Globs of hosts. */
  readonly deployerHosts: readonly string[];
  /** Encryption keys, one a line. Secret: never logged. Absent: no private key can be stored or read in the database. */
  readonly keys?: KeyText;
  /** Directory of the clusters' certificates. */
  readonly clusterTlsDir?: string;
  /** Absent: nobody is asked who they are. */
  readonly access?: AccessConfig;
  readonly spec: SpecSettings;
  /** To be logged once at start: flags that were given and decide nothing. */
  readonly warnings: readonly string[];
}

export const coordinatorReads = {
  options: { ...coordinatorOptions, ...specOptions },
  ignored: ignoredFlags,
  others: {},
  operands: 0,
} as const;

/** @throws ConfigurationError with every fault at once */
export function loadCoordinatorConfig(argv: readonly string[], env: Environment): CoordinatorConfig {
  const { values, warnings: ignored, faults } = read(coordinatorReads, argv, env);
  const { clusterTlsDir, registryReloadSeconds, deployerHosts, placementStrategy } = values;
  const keys = keyTextOf(values, faults);
  const warnings = [...ignored];
  const access = accessOf(values, faults, warnings);
  refuseFaults(faults);
  const { port, hostname, maxBodyBytes, drainSeconds, dbUri, dbListenUri = dbUri, userSuffix, bypassUsers } = values;
  const process = { port, hostname, maxBodyBytes, drainSeconds, logLevel: logLevelOf(values.logLevel) };
  const certificates = { ...(keys && { keys }), ...(clusterTlsDir !== undefined && { clusterTlsDir }) };
  const clusters = { registryReloadSeconds, deployerHosts, placementStrategy, ...certificates };
  const own = { dbUri, dbListenUri, userSuffix, bypassUsers, ...clusters, ...(access && { access }) };
  return freeze({ ...process, ...own, spec: specSettings(values), warnings });
}

/** The part of the values that a spec is built with. */
export function specSettings(values: SpecSettings): SpecSettings {
  const entries = Object.entries(values).filter(([property]) => property in specOptions);
  // The keys of `specOptions` are those of SpecSettings, its declaration proves it.
  return Object.fromEntries(entries) as unknown as SpecSettings;
}
