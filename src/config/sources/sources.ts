import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Fault } from '../../schema/check.ts';
import { whyUnreadable } from '../named-file.ts';
import type { Option } from '../options/option.ts';
import { flattenYaml } from './yaml-file.ts';

/** A value as somebody wrote it, and where. */
export interface Given {
  readonly text: string;
  /** Begins a sentence: `--port`, `DISCOENV_DB_URI`, `db.uri in /etc/x.yml`. */
  readonly origin: string;
}

/** Where values are looked for; see `readSources`. */
export interface Sources {
  find(option: Option<unknown>): Given | undefined;
}

export interface SourceSettings {
  readonly config: string;
  /** The file was named on the command line: then it must be there. */
  readonly isConfigExplicit: boolean;
  readonly dotenvPath: string;
  readonly envPrefix: string;
}

/** The command line before the environment before the dotenv file before the configuration file. Faults of the files are added to `faults`. */
export function readSources(
  flags: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
  settings: SourceSettings,
  faults: Fault[],
): Sources {
  const { config, envPrefix } = settings;
  const file = readConfigFile(settings, faults);
  const environment: Readonly<Record<string, string | undefined>> = { ...readDotenv(settings.dotenvPath, faults), ...env };
  return {
    find: (option) => {
      const { flag, key } = option;
      const onCommandLine = flag === undefined ? undefined : flags.get(flag);
      if (onCommandLine !== undefined) return { text: onCommandLine, origin: `--${flag}` };
      const variable = variableOf(envPrefix, key);
      const inEnvironment = environment[variable];
      if (inEnvironment !== undefined) return { text: inEnvironment, origin: variable };
      const inFile = file.get(key);
      return inFile === undefined ? undefined : { text: inFile, origin: `${key} in ${config}` };
    },
  };
}

/** `vice.use_csi_driver` is DISCOENV_VICE_USE_CSI_DRIVER: app-exposer's rule, extended to keys with `_` and `-`, which it could not set. */
export function variableOf(prefix: string, key: string): string {
  return `${prefix}${key.toUpperCase().replace(/[.-]/g, '_')}`;
}

function readConfigFile({ config, isConfigExplicit }: SourceSettings, faults: Fault[]): ReadonlyMap<string, string> {
  const text = readText(config, '--config', isConfigExplicit, faults);
  if (text === undefined) return new Map();
  const flat = flattenYaml(text);
  if (flat.ok) return flat.values;
  faults.push({ path: config, message: flat.message });
  return new Map();
}

function readDotenv(path: string, faults: Fault[]): Readonly<Record<string, string | undefined>> {
  const text = readText(path, '--dotenv-path', false, faults);
  return text === undefined ? {} : parseEnv(text);
}

function readText(path: string, flag: string, isExplicit: boolean, faults: Fault[]): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? err.code : undefined;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    if (!isAbsent || isExplicit) faults.push({ path: flag, message: whyUnreadable(path, err) });
    return undefined;
  }
}
