import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, ConflictError } from '../../errors/errors.ts';

/** By file name; those that end in `.key` are for the owner alone. */
export type PemFiles = Readonly<Record<string, string>>;

/**
 * Writes all files or, when one is there already, none. Each appears whole: what reads the folder meanwhile sees the old text or the new one.
 * @throws ConflictError unless `force`; ConfigurationError when the folder cannot be written
 */
export function writePem(folder: string, files: PemFiles, { force }: { readonly force: boolean }): void {
  const there = force ? [] : Object.keys(files).filter((name) => existsSync(join(folder, name)));
  if (there.length > 0) throw new ConflictError(`${there.map((name) => join(folder, name)).join(' and ')} would be replaced; nothing is written`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const written = Object.entries(files).map(([name, text]) => {
      const path = join(folder, name);
      const aside = `${path}.${process.pid}`;
      writeFileSync(aside, text, { mode: name.endsWith('.key') ? 0o600 : 0o644, flag: 'wx' });
      return { path, aside };
    });
    for (const { path, aside } of written) renameSync(aside, path);
  } catch (err) {
    throw new ConfigurationError(`${folder} cannot be written`, { cause: err });
  }
}

/** @throws ConfigurationError that says what to do */
export function readPem(path: string, todo: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigurationError(`${path} cannot be read; ${todo}`);
  }
}
