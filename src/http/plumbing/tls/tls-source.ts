import type { Limits } from './limits.ts';

/** Certificates and keys, in PEM. */
export interface TlsMaterial {
  /** The chain that the server shows, its own certificate first. */
  readonly cert: string;
  readonly key: string;
  /** Authorities of the clients. Set: a client without a certificate of one of them is refused in the handshake. */
  readonly clientCa?: string;
  /** Revocation lists of these authorities. */
  readonly crl?: string;
}

/** Where a server gets its certificates from. Whether there is a `clientCa` must not change. */
export interface TlsSource {
  current(): TlsMaterial;
  /** Calls back after each change, until the function that it gives is called. */
  onChange(listener: () => void): () => void;
}

export interface TlsOptions {
  readonly source: TlsSource;
  /** Only clients whose certificate has one of these names, as common name or alternative name. Empty: all of the authority. */
  readonly clientNames: readonly string[];
  /** @default LIMITS */
  readonly limits?: Partial<Limits>;
}
