import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** Certificate and private key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Issue {
  readonly name: string;
  /** `authority`: one between this one and its leaves. */
  readonly use: 'server' | 'client' | 'authority';
  /** Names, IPv4 addresses and URIs. */
  readonly hosts?: readonly string[];
  /** Milliseconds from now. @default an hour ago */
  readonly from?: number;
  /** Milliseconds from now. @default in an hour */
  readonly until?: number;
}

/** A certificate authority of a test: it lives in memory, and no program has to be installed for it. */
export interface Authority extends Pair {
  issue(options: Issue): Pair;
  /** An authority that this one vouches for. Its leaves have to be shown together with its certificate. */
  intermediate(name: string): Authority;
  /** A list of revocations, PEM. */
  revoke(...certificates: readonly string[]): string;
}

const HOUR_MS = 3_600_000;
const oids = {
  commonName: '550403',
  ecdsaWithSha256: '2a8648ce3d040302',
  basicConstraints: '551d13',
  subjectAltName: '551d11',
  extKeyUsage: '551d25',
  server: '2b06010505070301',
  client: '2b06010505070302',
};

/** A new authority, good for an hour, as everything that it issues unless it is said otherwise. */
export function authority(name: string): Authority {
  const own = keys();
  const cert = certificate({ issuer: name, subject: name, publicKey: own.publicKey, signer: own.privateKey, extensions: [isAuthority] });
  return authorityOf(name, { cert, key: own.pem }, own.privateKey);
}

function authorityOf(name: string, pair: Pair, signer: KeyObject): Authority {
  const issue = ({ name: subject, use, hosts = [], from = -HOUR_MS, until = HOUR_MS }: Issue): Pair => {
    const theirs = keys();
    const usage = use === 'authority' ? isAuthority : extension(oids.extKeyUsage, seq(oid(oids[use])));
    const names = hosts.length === 0 ? [] : [extension(oids.subjectAltName, seq(...hosts.map(generalName)))];
    const content = { issuer: name, subject, publicKey: theirs.publicKey, signer, extensions: [usage, ...names], from, until };
    return { cert: certificate(content), key: theirs.pem };
  };
  return {
    ...pair,
    issue,
    intermediate: (subject) => {
      const theirs = issue({ name: subject, use: 'authority' });
      return authorityOf(subject, theirs, createPrivateKey(theirs.key));
    },
    revoke: (...certificates) => revocationList(name, signer, certificates),
  };
}

interface Content {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly from?: number;
  readonly until?: number;
}

/** RFC 5280, section 4.1. */
function certificate({ issuer, subject, publicKey, signer, extensions, from = -HOUR_MS, until = HOUR_MS }: Content): string {
  const algorithm = seq(oid(oids.ecdsaWithSha256));
  const version = tlv(0xa0, tlv(0x02, Buffer.from([2])));
  const serial = tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)]));
  const validity = seq(time(Date.now() + from), time(Date.now() + until));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const tbs = seq(version, serial, algorithm, distinguished(issuer), validity, distinguished(subject), spki, tlv(0xa3, seq(...extensions)));
  return signed('CERTIFICATE', tbs, algorithm, signer);
}

/** RFC 5280, section 5.1. */
function revocationList(issuer: string, signer: KeyObject, certificates: readonly string[]): string {
  const algorithm = seq(oid(oids.ecdsaWithSha256));
  const entries = certificates.map((pem) => {
    const serial = Buffer.from(new X509Certificate(pem).serialNumber, 'hex');
    return seq(tlv(0x02, serial), time(Date.now()));
  });
  const revoked = entries.length === 0 ? [] : [seq(...entries)];
  const version = tlv(0x02, Buffer.from([1]));
  const tbs = seq(version, algorithm, distinguished(issuer), time(Date.now() - HOUR_MS), time(Date.now() + HOUR_MS), ...revoked);
  return signed('X509 CRL', tbs, algorithm, signer);
}

function signed(label: string, tbs: Buffer, algorithm: Buffer, signer: KeyObject): string {
  const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', tbs, signer)]));
  const base64 = seq(tbs, algorithm, signature).toString('base64');
  return `-----BEGIN ${label}-----\n${base64.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END ${label}-----\n`;
}

function keys() {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { pem: privateKey, privateKey: createPrivateKey(privateKey), publicKey: createPublicKey(privateKey) };
}

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function seq(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

function distinguished(name: string): Buffer {
  return seq(tlv(0x31, seq(oid(oids.commonName), tlv(0x0c, Buffer.from(name)))));
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+Z/g, '');
  return tlv(0x17, Buffer.from(`${digits.slice(2)}Z`));
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return seq(oid(id), ...(isCritical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value));
}

const isAuthority = extension(oids.basicConstraints, seq(tlv(0x01, Buffer.from([0xff]))), true);

function generalName(host: string): Buffer {
  if (host.includes('://')) return tlv(0x86, Buffer.from(host));
  return isIPv4(host) ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host));
}
