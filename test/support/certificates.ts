import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** Certificate and private key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of a test: it lives in memory, and no program has to be installed for it. */
export interface Authority extends Pair {
  issue(options: { readonly name: string; readonly use: 'server' | 'client'; readonly hosts?: readonly string[] }): Pair;
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

/** A new authority, good for an hour, as everything that it issues. */
export function authority(name: string): Authority {
  const own = keys();
  const isAuthority = extension(oids.basicConstraints, seq(tlv(0x01, Buffer.from([0xff]))), true);
  return {
    cert: certificate({ issuer: name, subject: name, publicKey: own.publicKey, signer: own.privateKey, extensions: [isAuthority] }),
    key: own.pem,
    issue: ({ name: subject, use, hosts = [] }) => {
      const theirs = keys();
      const usage = extension(oids.extKeyUsage, seq(oid(oids[use])));
      const names = hosts.length === 0 ? [] : [extension(oids.subjectAltName, seq(...hosts.map(generalName)))];
      const extensions = [usage, ...names];
      return { cert: certificate({ issuer: name, subject, publicKey: theirs.publicKey, signer: own.privateKey, extensions }), key: theirs.pem };
    },
  };
}

interface Content {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280, section 4.1. */
function certificate({ issuer, subject, publicKey, signer, extensions }: Content): string {
  const algorithm = seq(oid(oids.ecdsaWithSha256));
  const version = tlv(0xa0, tlv(0x02, Buffer.from([2])));
  const serial = tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)]));
  const validity = seq(time(Date.now() - HOUR_MS), time(Date.now() + HOUR_MS));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const tbs = seq(version, serial, algorithm, distinguished(issuer), validity, distinguished(subject), spki, tlv(0xa3, seq(...extensions)));
  const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', tbs, signer)]));
  const base64 = seq(tbs, algorithm, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
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

function generalName(host: string): Buffer {
  return isIPv4(host) ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host));
}
