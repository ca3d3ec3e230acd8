import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { ConfigurationError } from '../../errors/errors.ts';
import { certificatesIn, factsOf } from '../../pki/certificates.ts';
import { faultOfAuthorities, faultsOfPair } from '../../pki/pair.ts';
import { revocationListsIn } from '../../pki/revocation-list.ts';
import { watchFiles } from './watch-files.ts';

/** Paths of PEM files. */
export interface ServerFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string;
  readonly crlFile?: string;
}

/** Their texts. */
export interface ServerMaterial {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
  readonly crl?: string;
}

/** The certificates of a server, read anew when the files change. What cannot be used is told in the log, and the last that could be stays. */
export class WatchedServerFiles {
  readonly #files: ServerFiles;
  readonly #log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly #listeners = new Set<() => void>();
  readonly #unwatch: () => void;
  #current: ServerMaterial;
  #faultTold: string | undefined;
  #faultSeen: string | undefined;

  /** @throws ConfigurationError when they cannot be used to begin with */
  constructor(files: ServerFiles, log: Pick<Logger, 'info' | 'warn' | 'error'>, everyMs?: number) {
    this.#files = files;
    this.#log = log;
    this.#current = read(files, Date.now());
    this.#tell('serving over TLS');
    const paths = Object.values(files);
    this.#unwatch = watchFiles(paths, () => this.#look(), everyMs);
  }

  current(): ServerMaterial {
    return this.#current;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#unwatch();
  }

  #look(): void {
    try {
      const found = read(this.#files, Date.now());
      this.#faultSeen = undefined;
      this.#faultTold = undefined;
      if (isDeepStrictEqual(found, this.#current)) return;
      this.#current = found;
      for (const listener of this.#listeners) listener();
      this.#tell('the certificates have changed');
    } catch (err) {
      this.#tellFault(err);
    }
  }

  /** Told when it is seen a second time, for a pair that is being written is none for a moment; and told once. */
  #tellFault(err: unknown): void {
    const fault = err instanceof ConfigurationError ? JSON.stringify(err.faults) : String(err);
    if (this.#faultSeen === fault && this.#faultTold !== fault) {
      this.#log.error({ err }, 'the certificates cannot be used as they are now; the last good ones stay');
      this.#faultTold = fault;
    }
    this.#faultSeen = fault;
  }

  #tell(message: string): void {
    const { cert, clientCa, crl = '' } = this.#current;
    const [own] = certificatesIn(cert).map(factsOf);
    this.#log.info({ certificate: own, client_authorities: clientCa === undefined ? 'none' : certificatesIn(clientCa).map(factsOf) }, message);
    const late = revocationListsIn(crl).filter(({ nextUpdate }) => nextUpdate !== undefined && nextUpdate.getTime() < Date.now());
    if (late.length > 0) this.#log.warn({ crl: this.#files.crlFile }, 'a revocation list is out of date; it goes on to count');
  }
}

/** @throws ConfigurationError with every fault, each under the flag that names the file */
function read(files: ServerFiles, now: number): ServerMaterial {
  const { certFile, keyFile, clientCaFile, crlFile } = files;
  const faults: { readonly path: string; readonly message: string }[] = [];
  const text = (flag: string, path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      faults.push({ path: flag, message: `${path} cannot be read` });
      return '';
    }
  };
  const found = {
    cert: text('--tls-cert', certFile),
    key: text('--tls-key', keyFile),
    ...(clientCaFile !== undefined && { clientCa: text('--client-ca', clientCaFile) }),
    ...(crlFile !== undefined && { crl: text('--client-crl', crlFile) }),
  };
  if (faults.length === 0) faults.push(...faultsOf(found, files, now));
  if (faults.length > 0) throw new ConfigurationError('the certificates cannot be used', { faults });
  return found;
}

function* faultsOf({ cert, key, clientCa, crl = '' }: ServerMaterial, files: ServerFiles, now: number) {
  const pair = faultsOfPair({ cert, key }, 'server', now);
  if (pair.cert !== undefined) yield { path: '--tls-cert', message: `${files.certFile} ${pair.cert}` };
  if (pair.key !== undefined) yield { path: '--tls-key', message: `${files.keyFile} ${pair.key}` };
  if (clientCa === undefined) return;
  const authorities = faultOfAuthorities(clientCa, now);
  if (authorities !== undefined) yield { path: '--client-ca', message: `${files.clientCaFile} ${authorities}` };
  else if (!areSigned(crl, clientCa)) yield { path: '--client-crl', message: `${files.crlFile} holds what is no revocation list of --client-ca` };
}

/** A list that nobody we trust has signed would revoke nothing, silently. */
function areSigned(crl: string, clientCa: string): boolean {
  try {
    const authorities = certificatesIn(clientCa);
    const lists = revocationListsIn(crl);
    return (crl.trim() === '' || lists.length > 0) && lists.every((list) => authorities.some((authority) => list.isSignedBy(authority)));
  } catch {
    return false;
  }
}
