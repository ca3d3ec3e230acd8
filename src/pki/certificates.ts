import { X509Certificate } from 'node:crypto';

/** Purposes of a certificate, RFC 5280, section 4.2.1.12. */
export const PURPOSES = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;
export type Purpose = keyof typeof PURPOSES;

const BLOCK = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;
const NEVER: readonly string[] = [];

/**
 * The certificates of a PEM text, in its order; other blocks and text between them are passed over.
 * @throws TypeError when a block is no certificate
 */
export function certificatesIn(pem: string): readonly X509Certificate[] {
  return [...pem.matchAll(BLOCK)].map(([block]) => {
    try {
      return new X509Certificate(block);
    } catch (err) {
      throw new TypeError('a block of the PEM text is no certificate', { cause: err });
    }
  });
}

/** Whether the certificate may be used so. One that names no purpose may be used for all. */
export function isFor(certificate: X509Certificate, purpose: Purpose): boolean {
  // Typed as always there; a certificate without the extension has none.
  const purposes: readonly string[] | undefined = certificate.keyUsage;
  return purposes === undefined || purposes.includes(PURPOSES[purpose]);
}

/** The names of a certificate by which it can be pinned: its common name, and its alternative names of the kinds DNS, URI, IP and e-mail. */
export function namesOf(certificate: X509Certificate): readonly string[] {
  return [...new Set([...commonNameOf(certificate), ...alternativeNamesOf(certificate).map(({ name }) => name)])];
}

/** The first name of kind URI, as SPIFFE and service meshes write identities. */
export function uriOf(certificate: X509Certificate): string | undefined {
  return alternativeNamesOf(certificate).find(({ kind }) => kind === 'URI')?.name;
}

function commonNameOf({ subject }: X509Certificate): readonly string[] {
  // One attribute a line; a value cannot hold a line break without being escaped.
  return (subject ?? '')
    .split('\n')
    .filter((line) => line.startsWith('CN='))
    .map((line) => line.slice('CN='.length));
}

/** `DNS:a, URI:b, IP Address:c`; a name with a comma or a quote in it is written as a JSON text. */
function alternativeNamesOf({ subjectAltName }: X509Certificate): readonly { readonly kind: string; readonly name: string }[] {
  const written = subjectAltName?.match(/(DNS|URI|IP Address|email):("(?:[^"\\]|\\.)*"|[^,]*)/g) ?? NEVER;
  return written.map((entry) => {
    const at = entry.indexOf(':');
    const value = entry.slice(at + 1);
    return { kind: entry.slice(0, at), name: value.startsWith('"') ? unquoted(value) : value };
  });
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    // No text that anybody pins.
    return text;
  }
}

/** What may be told of a certificate. Times are RFC 3339. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly not_before: string;
  readonly not_after: string;
  /** SHA-256, in hexadecimal digits with colons. */
  readonly fingerprint: string;
}

export function factsOf(certificate: X509Certificate): CertificateFacts {
  const { subject, issuer, validFromDate, validToDate, fingerprint256 } = certificate;
  return {
    subject: oneLine(subject ?? ''),
    issuer: oneLine(issuer ?? ''),
    names: namesOf(certificate),
    not_before: validFromDate.toISOString(),
    not_after: validToDate.toISOString(),
    fingerprint: fingerprint256,
  };
}

/** A distinguished name as a log line holds it: `CN=vice-coordinator, O=CyVerse`. */
export function oneLine(distinguishedName: string): string {
  return distinguishedName.split('\n').join(', ');
}
