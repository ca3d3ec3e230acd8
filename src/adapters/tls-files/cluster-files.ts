import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchFiles } from './watch-files.ts';

/** The files of a folder, named as Kubernetes and cert-manager name the entries of a Secret. */
export const FILES = { ca: 'ca.crt', cert: 'tls.crt', key: 'tls.key' } as const;

/** A directory with one folder of PEM files for each cluster, or for each reference: mounted Secrets, or what an agent writes. */
export class ClusterFiles {
  readonly #root: string;
  /** What was found when it was last asked for, by path; nothing where nothing was. */
  readonly #read = new Map<string, string | undefined>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Nothing when there is no such file. @param folder a single name */
  read(folder: string, file: keyof typeof FILES): string | undefined {
    const path = join(this.#root, folder, FILES[file]);
    const text = textOf(path);
    this.#read.set(path, text);
    return text;
  }

  /** Calls back when a file that was asked for has become another, appeared or gone, until the function that it gives is called. */
  onChange(changed: () => void): () => void {
    return watchFiles([join(this.#root, 'any')], () => {
      if ([...this.#read].some(([path, text]) => textOf(path) !== text)) changed();
    });
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Absent or not readable: whoever needs it says so.
    return undefined;
  }
}
