import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, InvalidDocumentError } from '../../errors/errors.ts';
import { certificatesIn, factsOf, isFor } from '../../pki/certificates.ts';
import { unreadable } from '../connect.ts';
import { record } from '../output/table.ts';

/** What is told of one certificate of a file. */
export interface ShownCertificate {
  readonly file: string;
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly uses: readonly ('authority' | 'server' | 'client')[];
  readonly not_before: string;
  readonly not_after: string;
  readonly days_left: number;
  readonly fingerprint: string;
  /** Whether the private key beside the certificate is its own. Absent: there is none. */
  readonly key_matches?: boolean;
  /** Whether the `ca.crt` beside it vouches for it. Absent: there is none. */
  readonly issued_by_ca?: boolean;
}

const DAY_MS = 86_400_000;

/** The certificates of a PEM file, or of `tls.crt` and `ca.crt` of a folder. @throws ConfigurationError, InvalidDocumentError */
export function shownIn(path: string, now: number): readonly ShownCertificate[] {
  if (!isFolder(path)) return inFile(path, now, {});
  const [leaf, ca, key] = ['tls.crt', 'ca.crt', 'tls.key'].map((name) => join(path, name)).map((file) => (existsSync(file) ? file : undefined));
  if (leaf === undefined && ca === undefined) throw new ConfigurationError(`${path} has neither tls.crt nor ca.crt`);
  const beside = { ...(ca !== undefined && { ca }), ...(key !== undefined && { key }) };
  return [...(leaf === undefined ? [] : inFile(leaf, now, beside)), ...(ca === undefined ? [] : inFile(ca, now, {}))];
}

function inFile(file: string, now: number, beside: { readonly ca?: string; readonly key?: string }): readonly ShownCertificate[] {
  const certificates = parsed(file);
  const text = read(file);
  const key = beside.key === undefined ? (text.includes('PRIVATE KEY-----') ? text : undefined) : read(beside.key);
  const authorities = beside.ca === undefined ? undefined : parsed(beside.ca);
  // Chains begin with the certificate that the key and the authority are about.
  return certificates.map((certificate, index) => ({
    file,
    ...factsOf(certificate),
    uses: usesOf(certificate),
    days_left: Math.floor((certificate.validToDate.getTime() - now) / DAY_MS),
    ...(index === 0 && key !== undefined && { key_matches: isKeyOf(certificate, key) }),
    ...(index === 0 &&
      authorities && { issued_by_ca: authorities.some((each) => certificate.checkIssued(each) && certificate.verify(each.publicKey)) }),
  }));
}

function parsed(file: string): readonly X509Certificate[] {
  let certificates: readonly X509Certificate[];
  try {
    certificates = certificatesIn(read(file));
  } catch (err) {
    if (err instanceof ConfigurationError) throw err;
    throw new InvalidDocumentError(`${file} holds what is no certificate`);
  }
  if (certificates.length === 0) throw new InvalidDocumentError(`${file} holds no certificate in PEM`);
  return certificates;
}

function usesOf(certificate: X509Certificate): ShownCertificate['uses'] {
  if (certificate.ca) return ['authority'];
  return (['server', 'client'] as const).filter((purpose) => isFor(certificate, purpose));
}

function isKeyOf(certificate: X509Certificate, pem: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(pem));
  } catch {
    // The reason may quote the key.
    return false;
  }
}

/** What somebody should look at; empty when nothing is wrong. */
export function faultsOf({ not_before, days_left, key_matches, issued_by_ca }: ShownCertificate, now: number): readonly string[] {
  return [
    ...(days_left < 0 ? ['has expired'] : []),
    ...(Date.parse(not_before) > now ? ['is not valid yet'] : []),
    ...(key_matches === false ? ['has another key than the one beside it'] : []),
    ...(issued_by_ca === false ? ['is not of the ca.crt beside it'] : []),
  ];
}

/** One paragraph for each. */
export function certificatesTable(certificates: readonly ShownCertificate[]): string {
  const yesNo = (value: boolean | undefined) => (value === undefined ? undefined : value ? 'yes' : 'NO');
  const pages = certificates.map((shown) =>
    record([
      ['file', shown.file],
      ['subject', shown.subject],
      ['issuer', shown.issuer],
      ['names', shown.names.join(', ')],
      ['for', shown.uses.join(' and ')],
      ['valid', `${shown.not_before} to ${shown.not_after}`],
      ['left', shown.days_left < 0 ? 'EXPIRED' : `${shown.days_left} days`],
      ['its key', yesNo(shown.key_matches)],
      ['of ca.crt', yesNo(shown.issued_by_ca)],
      ['sha-256', shown.fingerprint],
    ]),
  );
  return pages.join('\n');
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (err) {
    throw unreadable('PATH', path, err);
  }
}
