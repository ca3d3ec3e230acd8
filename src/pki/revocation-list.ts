import { verify, type X509Certificate } from 'node:crypto';
import { type Der, derValues, TAG } from './der.ts';

/** A certificate revocation list (RFC 5280, section 5), as far as it decides about certificates. */
export interface RevocationList {
  /** Hexadecimal digits without leading zeros, in upper case. */
  readonly serials: ReadonlySet<string>;
  /** After this there should be a newer one. */
  readonly nextUpdate: Date | undefined;
  isSignedBy(authority: X509Certificate): boolean;
}

const BLOCK = /-----BEGIN X509 CRL-----([\s\S]+?)-----END X509 CRL-----/g;

/** Signature algorithms by object identifier, in hexadecimal: sha256 and its kin, with RSA, ECDSA or, where the digest is null, Ed25519. */
const DIGESTS: Readonly<Record<string, string | null>> = {
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2b6570': null,
};

/** The lists of a PEM text. @throws TypeError when a block is none, or is signed by an algorithm that is not known */
export function revocationListsIn(pem: string): readonly RevocationList[] {
  return [...pem.matchAll(BLOCK)].map(([, base64 = '']) => {
    try {
      return read(Buffer.from(base64, 'base64'));
    } catch (err) {
      if (err instanceof TypeError) throw err;
      throw new TypeError('a block of the PEM text is no revocation list', { cause: err });
    }
  });
}

/** The serial number of a certificate, written as those of a list. */
export function serialOf(certificate: X509Certificate): string {
  return certificate.serialNumber.replace(/^0+(?=.)/, '').toUpperCase();
}

function read(bytes: Buffer): RevocationList {
  const [tbs, algorithm, signature] = derValues(only(derValues(bytes)).content);
  if (tbs === undefined || algorithm === undefined || signature?.tag !== TAG.bitString) throw new TypeError('a revocation list without a signature');
  const digest = DIGESTS[only(derValues(algorithm.content)).content.toString('hex')];
  if (digest === undefined) throw new TypeError('a revocation list with a signature of an unknown kind');
  const { serials, nextUpdate } = contentOf(tbs);
  const signed = signature.content.subarray(1); // the first byte says how many bits of the last one do not count: none
  return { serials, nextUpdate, isSignedBy: ({ publicKey }) => verify(digest, tbs.bytes, publicKey, signed) };
}

/** `version? signature issuer thisUpdate nextUpdate? revokedCertificates? extensions?` */
function contentOf(tbs: Der): Pick<RevocationList, 'serials' | 'nextUpdate'> {
  const fields = derValues(tbs.content);
  const thisUpdate = fields.findIndex(isTime);
  if (thisUpdate === -1) throw new TypeError('a revocation list without a date');
  const [second, third] = fields.slice(thisUpdate + 1);
  const nextUpdate = second !== undefined && isTime(second) ? second : undefined;
  const revoked = nextUpdate === undefined ? second : third;
  const entries = revoked?.tag === TAG.sequence ? derValues(revoked.content) : [];
  const serials = entries.map(({ content }) => {
    const serial = only(derValues(content));
    return serial.content
      .toString('hex')
      .replace(/^0+(?=.)/, '')
      .toUpperCase();
  });
  return { serials: new Set(serials), nextUpdate: nextUpdate && timeOf(nextUpdate) };
}

function isTime({ tag }: Der): boolean {
  return tag === TAG.utcTime || tag === TAG.generalizedTime;
}

/** `YYMMDDhhmmssZ`, of the years 1950 to 2049, or with four digits of the year. */
function timeOf({ tag, content }: Der): Date {
  const text = content.toString('latin1');
  const digits = tag === TAG.utcTime ? `${text.startsWith('5') || text > '6' ? '19' : '20'}${text}` : text;
  const iso = digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return new Date(iso);
}

function only([first]: readonly Der[]): Der {
  if (first === undefined) throw new TypeError('an empty value in a revocation list');
  return first;
}
