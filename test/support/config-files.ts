import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../../src/errors/errors.ts';

/** Files of a test of the configuration, in a folder of their own. */
export interface ConfigFiles {
  readonly folder: string;
  /** A file with this text; gives its path. */
  written(text: string): string;
  remove(): void;
}

export function configFiles(): ConfigFiles {
  const folder = mkdtempSync(join(tmpdir(), 'vice-config-'));
  let files = 0;
  return {
    folder,
    written: (text) => {
      files++;
      const path = join(folder, `${files}.yml`);
      writeFileSync(path, text);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** What a configuration is refused for, by flag or key; nothing where it is taken. */
export function faultsOf(load: () => unknown): Record<string, string> {
  try {
    load();
  } catch (err) {
    if (err instanceof ConfigurationError) return Object.fromEntries((err.faults ?? []).map(({ path, message }) => [path, message]));
    throw err;
  }
  return {};
}

/** The two keys that a coordinator cannot do without. */
export const required = { DISCOENV_DB_URI: 'postgresql://de:hunter2@db:5432/de', DISCOENV_IRODS_ZONE: 'cyverse' };
