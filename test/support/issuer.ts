import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** What a token says besides what every good one does. */
export interface TokenOptions {
  readonly claims?: JWTPayload;
  /** @default in five minutes */
  readonly expiresAt?: Date;
  /** @default one of the issuer's own */
  readonly key?: SigningKey;
}

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: object;
}

/** An OpenID Connect issuer of a test, with the two documents that a resource server reads. */
export interface Issuer {
  readonly url: string;
  /** How often its keys were read. */
  readonly reads: () => number;
  /** What it offers from now on; a function instead of the keys is its answer. */
  offer(keys: readonly SigningKey[] | ((request: Request) => Response | Promise<Response>)): void;
  /** A good token of an operator unless it is said otherwise. */
  token(options?: TokenOptions): Promise<string>;
  stop(): Promise<void>;
}

export const AUDIENCE = 'vice-coordinator';

export async function signingKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Roles as Keycloak writes them. */
export const roles = (...names: readonly string[]): JWTPayload => ({ realm_access: { roles: names } });

export async function startIssuer(): Promise<Issuer> {
  const own = await signingKey('first');
  let offered: Parameters<Issuer['offer']>[0] = [own];
  let reads = 0;
  const server: ReturnType<typeof Bun.serve> = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request): Response | Promise<Response> => {
      const { pathname } = new URL(request.url);
      if (pathname === '/realm/.well-known/openid-configuration') {
        return Response.json({ issuer: url, jwks_uri: `${url}/keys`, token_endpoint: `${url}/unused` });
      }
      reads++;
      return typeof offered === 'function' ? offered(request) : Response.json({ keys: offered.map(({ jwk }) => jwk) });
    },
  });
  const url: string = `http://127.0.0.1:${server.port}/realm`;
  return {
    url,
    reads: () => reads,
    offer: (keys) => {
      offered = keys;
    },
    token: ({ claims = {}, expiresAt = new Date(Date.now() + 300_000), key = own } = {}) =>
      new SignJWT({ iss: url, aud: AUDIENCE, sub: 'alice', exp: Math.floor(expiresAt.getTime() / 1000), ...roles('vice-operator'), ...claims })
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
        .sign(key.privateKey),
    stop: () => server.stop(true),
  };
}
