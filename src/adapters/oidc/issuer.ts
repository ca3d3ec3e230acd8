import { Type } from '@sinclair/typebox';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { UnavailableError } from '../../errors/errors.ts';
import { check } from '../../schema/check.ts';

/** Finds the public key that a token was signed with. */
export type KeySet = ReturnType<typeof createLocalJWKSet>;

const ANSWER_MS = 5_000;
const MOST_BYTES = 1024 * 1024;
const tolerant = { additionalProperties: true };
const Discovery = Type.Object({ issuer: Type.String(), jwks_uri: Type.String({ pattern: '^https?://' }) }, tolerant);
const Keys = Type.Object({ keys: Type.Array(Type.Object({ kty: Type.String() }, tolerant)) }, tolerant);

/**
 * The keys that an issuer signs with now, by OpenID Connect Discovery 1.0: its document says where they are. @param issuer as it stands in tokens
 * @throws UnavailableError when it does not answer in time, or with something else
 */
export async function readKeys(issuer: string, signal: AbortSignal): Promise<KeySet> {
  try {
    const discovery = check(Discovery, await readJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, signal));
    if (!discovery.ok) throw new TypeError('the discovery document is none');
    const { issuer: named, jwks_uri: keysUrl } = discovery.value;
    // Section 4.3: or whoever can answer for one issuer could vouch for the tokens of another.
    if (named !== issuer) throw new TypeError(`the discovery document is that of ${named}`);
    if (issuer.startsWith('https:') && !keysUrl.startsWith('https:')) throw new TypeError('the keys are offered in the clear');
    const keys = check(Keys, await readJson(keysUrl, signal));
    if (!keys.ok) throw new TypeError('the keys are no key set');
    return createLocalJWKSet(keys.value satisfies JSONWebKeySet);
  } catch (err) {
    throw new UnavailableError('the issuer of tokens does not give its keys', { cause: err, retryAfterSeconds: 5 });
  }
}

async function readJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'manual', // keys are taken from where the configuration points, and from nowhere else
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  });
  if (response.status !== 200) throw new TypeError(`${url} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new TypeError(`${url} answered with more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
