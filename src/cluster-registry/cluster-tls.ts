import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

/** PEM texts. */
export interface ClusterTlsTexts {
  /** Authorities of the deployer's certificate. Absent: those that the system trusts. */
  readonly ca?: string;
  /** The coordinator's own certificate, with its chain, and its key. Absent: none is shown. */
  readonly client?: { readonly cert: string; readonly key: string };
}

/**
 * The certificates with which the deployer of a cluster is spoken to. The private key is in no property, so that whatever prints or compares objects
 * does not meet it.
 */
export class ClusterTls {
  /** Equal for equal texts: a change means new connections. */
  readonly digest: string;
  readonly ca: string | undefined;
  readonly clientCert: string | undefined;
  readonly #key: string | undefined;

  constructor({ ca, client }: ClusterTlsTexts) {
    this.ca = ca;
    this.clientCert = client?.cert;
    this.#key = client?.key;
    const hash = createHash('sha256');
    for (const text of [ca, client?.cert, client?.key]) hash.update(`${text?.length ?? 'none'}:${text ?? ''}`);
    this.digest = hash.digest('base64url');
  }

  /** For the TLS library, and nothing else. */
  options(): { readonly ca?: string; readonly cert?: string; readonly key?: string } {
    const client = this.clientCert === undefined || this.#key === undefined ? {} : { cert: this.clientCert, key: this.#key };
    return { ...(this.ca !== undefined && { ca: this.ca }), ...client };
  }

  toJSON(): unknown {
    return { ca: this.ca !== undefined, client: this.clientCert !== undefined };
  }

  [inspect.custom](): string {
    return `ClusterTls ${JSON.stringify(this)}`;
  }
}
