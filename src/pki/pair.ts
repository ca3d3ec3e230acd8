import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { certificatesIn, isFor, type Purpose } from './certificates.ts';

/** A certificate chain and its private key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface PairFaults {
  /** Ends a sentence that begins with the certificate's name. */
  readonly cert?: string;
  readonly key?: string;
}

/** What is wrong with a certificate and its key; an empty object when nothing is. Says nothing that is in the key. */
export function faultsOfPair({ cert, key }: Pair, purpose: Purpose, now: number): PairFaults {
  const [leaf] = parsed(cert) ?? [];
  const privateKey = keyIn(key);
  const faultOfCert = leaf === undefined ? 'holds no certificate in PEM' : faultOfLeaf(leaf, purpose, now);
  const faultOfKey = privateKey === undefined ? 'holds no private key in PEM that can be read without a password' : undefined;
  if (faultOfCert !== undefined || faultOfKey !== undefined) {
    return { ...(faultOfCert !== undefined && { cert: faultOfCert }), ...(faultOfKey !== undefined && { key: faultOfKey }) };
  }
  if (leaf === undefined || privateKey === undefined || leaf.checkPrivateKey(privateKey)) return {};
  return { key: 'does not belong to the certificate' };
}

/** What is wrong with a bundle of authorities; nothing when nothing is. */
export function faultOfAuthorities(pem: string, now: number): string | undefined {
  const authorities = parsed(pem);
  if (authorities === undefined || authorities.length === 0) return 'holds no certificate in PEM';
  const other = authorities.find(({ ca }) => !ca);
  if (other) return `holds a certificate that is no authority: ${other.subject ?? 'without a name'}`;
  return authorities.every(({ validToDate }) => validToDate.getTime() < now) ? 'holds no authority that has not expired' : undefined;
}

function faultOfLeaf(leaf: X509Certificate, purpose: Purpose, now: number): string | undefined {
  if (!isFor(leaf, purpose)) return `is not for use by a ${purpose}`;
  if (now > leaf.validToDate.getTime()) return `expired at ${leaf.validToDate.toISOString()}`;
  return now < leaf.validFromDate.getTime() ? `is not valid before ${leaf.validFromDate.toISOString()}` : undefined;
}

function parsed(pem: string): readonly X509Certificate[] | undefined {
  try {
    return certificatesIn(pem);
  } catch {
    // The caller says which text is none.
    return undefined;
  }
}

function keyIn(pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    // The reason may quote the key.
    return undefined;
  }
}
