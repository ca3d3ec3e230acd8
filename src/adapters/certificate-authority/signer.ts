import { type KeyObject, webcrypto } from 'node:crypto';

/** How a key signs certificates. */
export interface Signer {
  readonly signingKey: webcrypto.CryptoKey;
  readonly signingAlgorithm: { readonly name: string; readonly hash?: string };
}

/** Curves by the name that Node.js has for them, with the hash of the same strength (RFC 5480, section 4). */
const CURVES: Readonly<Record<string, { readonly namedCurve: string; readonly hash: string }>> = {
  prime256v1: { namedCurve: 'P-256', hash: 'SHA-256' },
  secp384r1: { namedCurve: 'P-384', hash: 'SHA-384' },
  secp521r1: { namedCurve: 'P-521', hash: 'SHA-512' },
};

/** The key for WebCrypto, of whatever kind it is that authorities have. @throws TypeError when it is of another */
export async function signerOf(key: KeyObject): Promise<Signer> {
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (key.asymmetricKeyType === 'ec' && curve !== undefined) return imported(key, { name: 'ECDSA', ...curve });
  if (key.asymmetricKeyType === 'rsa') return imported(key, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' });
  throw new TypeError('the key of the authority must be RSA, or ECDSA on P-256, P-384 or P-521');
}

async function imported(key: KeyObject, algorithm: { readonly name: string; readonly hash: string; readonly namedCurve?: string }): Promise<Signer> {
  const bytes = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));
  return { signingKey: await webcrypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']), signingAlgorithm: algorithm };
}
