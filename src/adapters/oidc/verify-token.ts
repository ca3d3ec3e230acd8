import { errors, type JWTPayload, jwtVerify } from 'jose';
import { UnauthorizedError, UnavailableError } from '../../errors/errors.ts';
import { ViceError } from '../../errors/vice-error.ts';
import type { Caller, Role } from '../../schema/caller.ts';
import { type KeySet, readKeys } from './issuer.ts';
import { keptKeys } from './kept-keys.ts';

/** Whose tokens are believed, and what they give. */
export interface OidcSettings {
  /** As it stands in tokens and in its own discovery document. */
  readonly issuer: string;
  /** A token must be for one of these. */
  readonly audience: readonly string[];
  /** Where in a token the roles are: the name of a claim, or names that lead into objects, with dots between them. */
  readonly rolesClaim: string;
  /** What the roles are called there. */
  readonly roleNames: Readonly<Record<Role, string>>;
}

/** Signatures with a key of the issuer's own (RFC 7518, RFC 8037). None is not one, and an HMAC would take the public key for its secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** How far the issuer's clock may be off ours. */
const CLOCK_TOLERANCE_SECONDS = 30;

const now = () => performance.now();

/**
 * Who sent a token. @throws UnauthorizedError when it is not a valid token for us, UnavailableError when that cannot be told because the issuer does not answer
 */
export function tokenVerifier(settings: OidcSettings): (token: string) => Promise<Caller> {
  // A reading serves everybody who waits for it, so that none of them may end it.
  const kept = keptKeys({ read: () => readKeys(settings.issuer, new AbortController().signal), now });
  return async (token) => {
    const keys = await kept.current();
    try {
      return callerIn(await claimsOf(token, keys, settings), settings);
    } catch (err) {
      if (!(err instanceof errors.JWKSNoMatchingKey)) throw refusalOf(err);
    }
    const newer = await kept.newerThan(keys);
    if (newer === undefined) throw new UnauthorizedError('the token is signed with a key that its issuer does not have');
    try {
      return callerIn(await claimsOf(token, newer, settings), settings);
    } catch (err) {
      throw refusalOf(err);
    }
  };
}

async function claimsOf(token: string, keys: KeySet, { issuer, audience }: OidcSettings): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience: [...audience],
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['exp', 'sub'],
  });
  return payload;
}

function callerIn(claims: JWTPayload, { rolesClaim, roleNames }: OidcSettings): Caller {
  const { sub: subject } = claims;
  if (typeof subject !== 'string') throw new UnauthorizedError('the claim sub of the token is not what it must be');
  const roles = textsIn(valueAt(claims, rolesClaim));
  const role = (['operator', 'viewer'] as const).find((each) => roles.includes(roleNames[each]));
  return { subject, ...(role && { role }) };
}

/** Names of claims may hold dots themselves, as those that are URLs do. */
function valueAt(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((value, name) => {
    const entries = typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Object.entries(value) : [];
    return entries.find(([key]) => key === name)?.[1];
  }, claims);
}

/** A list of texts, or one text with blanks between its words, as `scope` is (RFC 8693, section 4.2). */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ');
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** The library's errors hold the claims, so that none of them is handed on. */
function refusalOf(err: unknown): unknown {
  if (err instanceof errors.JWTExpired) return new UnauthorizedError('the token has expired');
  if (err instanceof errors.JWTClaimValidationFailed) return new UnauthorizedError(`the claim ${err.claim} of the token is not what it must be`);
  if (err instanceof errors.JWKSNoMatchingKey) return new UnauthorizedError('the token is signed with a key that its issuer does not have');
  if (err instanceof errors.JOSEAlgNotAllowed) return new UnauthorizedError('the token is signed with an algorithm that is not allowed');
  if (err instanceof errors.JOSEError) return new UnauthorizedError('the token is not one that its issuer signed');
  if (err instanceof ViceError) return err;
  // Web Crypto cannot read the key, or it is too short.
  return new UnavailableError('the issuer of tokens offers a key that cannot be used', { cause: err, retryAfterSeconds: 5 });
}
