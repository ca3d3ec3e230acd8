import 'reflect-metadata'; // the library's dependency injection wants it, and before it
import { createPrivateKey, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { PURPOSES, type Purpose } from '../../pki/certificates.ts';
import type { Pair } from '../../pki/pair.ts';
import { signerOf } from './signer.ts';

export interface Validity {
  readonly from: Date;
  readonly until: Date;
}

export interface Issue extends Validity {
  /** The common name. Letters, digits and `._:/@-` and blanks, at most 64: the bound of X.520, and nothing that a name's text form quotes. */
  readonly name: string;
  readonly purpose: Purpose;
  /** DNS names, perhaps with a wildcard, and IP addresses. */
  readonly hosts: readonly string[];
  readonly uris: readonly string[];
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const ECDSA = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** A new authority that signs itself and may sign leaves only, PEM. The key is PKCS #8 without a password. */
export async function newAuthority({ name, from, until }: Validity & { readonly name: string }): Promise<Pair> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    notBefore: from,
    notAfter: until,
    signingAlgorithm: ECDSA,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(certificate), key: await keyText(keys.privateKey) };
}

/**
 * A certificate of this authority and its new key, PEM.
 * @throws TypeError when the authority's key cannot be read or is of a kind that cannot sign here; nothing of the key is in the message
 */
export async function issue(authority: Pair, { name, purpose, hosts, uris, from, until }: Issue): Promise<Pair> {
  const issuer = new x509.X509Certificate(authority.cert);
  const signer = await signerOf(createPrivateKey(authority.key));
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const names = [
    ...hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
    ...uris.map((value) => ({ type: 'url' as const, value })),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [name] }],
    issuer: issuer.subjectName.toJSON(),
    notBefore: from,
    notAfter: until,
    publicKey: keys.publicKey,
    ...signer,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([PURPOSES[purpose]]),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { cert: pem(certificate), key: await keyText(keys.privateKey) };
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function keyText(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}
