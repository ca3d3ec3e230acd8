import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { type JWTPayload, SignJWT } from 'jose';
import { tokenVerifier } from '../../src/adapters/oidc/verify-token.ts';
import { coordinatorApi } from '../../src/http/coordinator-api/coordinator-api.ts';
import { serve } from '../../src/http/plumbing/serve.ts';
import { check } from '../../src/schema/check.ts';
import { Problem } from '../../src/schema/problem.ts';
import { capturedLog } from '../support/captured-log.ts';
import { AUDIENCE, type Issuer, roles, type SigningKey, signingKey, startIssuer } from '../support/issuer.ts';
import { sendBytes } from '../support/raw-http.ts';

setDefaultTimeout(30_000);

let issuer: Issuer;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  issuer = await startIssuer();
  stops.push(() => issuer.stop());
});
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});

const unused = (): never => {
  throw new Error('a handler was reached');
};

/** A coordinator's interface whose handlers say that they were reached, and what it logged. */
function interfaceOf(settings: { readonly issuer?: string; readonly rolesClaim?: string } = {}) {
  const captured = capturedLog();
  const { issuer: url = issuer.url, rolesClaim = 'realm_access.roles' } = settings;
  const roleNames = { viewer: 'vice-viewer', operator: 'vice-operator' };
  const identify = tokenVerifier({ issuer: url, audience: [AUDIENCE], rolesClaim, roleNames });
  const reads = { list: () => [], get: unused, reload: async () => [] };
  const clusters = { ...reads, register: unused, change: unused, setEnabled: unused, drain: unused, forget: unused, test: unused, delete: unused };
  const useCases = { check: () => ({ ok: false as const, faults: [] }), launch: unused, exit: async () => undefined };
  const audit = { page: async () => [] };
  const metrics = { answered: () => undefined, exposition: async () => ({ contentType: 'text/plain', text: '' }) };
  const app = coordinatorApi({
    useCases,
    clusters,
    placements: { explain: unused },
    demandOf: unused,
    audit,
    analyses: { list: async () => ({ analyses: [] }), report: unused, logs: unused, followLogs: unused },
    identify,
    metrics,
    readiness: async () => ({}),
    maxBodyBytes: 1_000,
    log: captured.log,
  });
  const ask = (method: string, path: string, token?: string, headers: Record<string, string> = {}) =>
    app.handle(
      new Request(`http://localhost${path}`, { method, headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) } }),
    );
  return { app, ask, captured };
}

async function answerTo(port: number, bytes: string): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of await sendBytes(port, bytes)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

const challengeOf = (answer: Response) => answer.headers.get('www-authenticate');

describe('without a token', () => {
  test('every route of /api and /vice/admin refuses, and all others answer as ever', async () => {
    const { app, ask } = interfaceOf();
    app.post('/vice/admin/anything', () => new Response('reached'));
    app.get('/api/v1/anything', () => new Response('reached'));
    const routes = app.routes.map(({ method, path }) => ({ method, path }));
    const guarded = routes.filter(({ path }) => /^\/(api|vice\/admin)\//.test(path));
    expect(guarded.length).toBeGreaterThan(10);
    for (const { method, path } of guarded) {
      const answer = await ask(method, path.replaceAll(/:\w+/g, crypto.randomUUID()));
      expect([method, path, answer.status, challengeOf(answer)]).toEqual([method, path, 401, 'Bearer realm="vice"']);
    }
    for (const { method, path } of routes.filter((route) => !guarded.includes(route))) {
      expect([method, path, (await ask(method, path)).status === 401]).toEqual([method, path, false]);
    }
    expect((await ask('HEAD', '/api/v1/clusters')).status).not.toBe(200);
  });

  test('the body is a problem for /api, and the platform’s own for /vice/admin', async () => {
    const { app, ask } = interfaceOf();
    app.get('/vice/admin/listing', () => new Response('reached'));
    const problem = await (await ask('GET', '/api/v1/clusters')).json();
    expect(check(Problem, problem).ok).toBe(true);
    expect(problem).toMatchObject({ title: 'Unauthorized', status: 401, code: 'unauthorized', retryable: false });
    expect(Object.keys((await (await ask('GET', '/vice/admin/listing')).json()) as object)).toEqual(['message']); // it is JSON
  });

  test('no way of writing the path or the host leads past the guard', async () => {
    const { app } = interfaceOf();
    const serving = serve(app, { port: 0, hostname: '127.0.0.1', maxBodyBytes: 1_000 });
    stops.push(() => serving.stop(0));
    const paths = [
      '/vice/../api/v1/clusters',
      '/vice/%2e%2e/api/v1/clusters',
      '/./api/v1/clusters',
      '/api/v1/clusters/',
      '/api/v1/clusters?x=/vice/launch',
      '/api/v1/clusters#/vice/launch',
      '/api//v1/clusters',
      '//api/v1/clusters',
      '/api/v1/%63lusters',
      '/API/v1/clusters',
      '/api/v1/clusters;/vice/launch',
      'http://localhost/api/v1/clusters',
      '/vice/launch/../../api/v1/clusters',
      '/aa/api/v1/clusters',
    ];
    for (const host of ['localhost', 'x', 'aa/', 'localhost/vice/launch?', '127.0.0.1']) {
      for (const path of paths) {
        const answer = await answerTo(serving.port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
        expect([host, path, /^HTTP\/1\.1 (400|401|404|405) /.test(answer), answer.includes('"clusters"')]).toEqual([host, path, true, false]);
      }
    }
  });

  test.each([
    ['another scheme', { authorization: 'Basic YTpi' }, '/api/v1/clusters'],
    ['no token after the scheme', { authorization: 'Bearer ' }, '/api/v1/clusters'],
    ['a token with blanks in it', { authorization: 'Bearer a b' }, '/api/v1/clusters'],
    ['a token in the query', {}, '/api/v1/clusters?access_token=TOKEN'],
    ['a token in a cookie', { cookie: 'access_token=TOKEN' }, '/api/v1/clusters'],
  ])('%s is none', async (_, headers, path) => {
    const { ask } = interfaceOf();
    const answer = await ask('GET', path.replace('TOKEN', await issuer.token()), undefined, headers);
    expect([answer.status, challengeOf(answer)]).toEqual([401, 'Bearer realm="vice"']);
  });
});

describe('a role', () => {
  const statusOf = async (claims: JWTPayload, rolesClaim?: string) => {
    const { ask } = interfaceOf(rolesClaim === undefined ? {} : { rolesClaim });
    const token = await issuer.token({ claims: { ...roles(), ...claims } });
    return [(await ask('GET', '/api/v1/clusters', token)).status, (await ask('POST', '/api/v1/clusters/reload', token)).status];
  };

  test('of a viewer reads, that of an operator reads and changes, and none does neither', async () => {
    expect(await statusOf(roles('vice-viewer'))).toEqual([200, 403]);
    expect(await statusOf(roles('vice-operator'))).toEqual([200, 200]);
    expect(await statusOf(roles('other', 'VICE-OPERATOR'))).toEqual([403, 403]);
    expect(await statusOf({ realm_access: 'vice-operator' })).toEqual([403, 403]);
  });

  test('is found where the claim is configured to be', async () => {
    expect(await statusOf({ scope: 'openid vice-viewer' }, 'scope')).toEqual([200, 403]);
    expect(await statusOf({ 'https://example.org/roles': ['vice-operator'] }, 'https://example.org/roles')).toEqual([200, 200]);
    expect(await statusOf({ resource_access: { vice: { roles: ['vice-viewer'] } } }, 'resource_access.vice.roles')).toEqual([200, 403]);
    expect(await statusOf({}, '__proto__.constructor')).toEqual([403, 403]);
  });

  test('that is missing is told with what it would take', async () => {
    const { ask, captured } = interfaceOf();
    const answer = await ask('POST', '/api/v1/clusters/reload', await issuer.token({ claims: roles('vice-viewer') }));
    expect(challengeOf(answer)).toBe('Bearer realm="vice", error="insufficient_scope", error_description="this needs the role of an operator"');
    expect(await answer.json()).toMatchObject({ code: 'forbidden', detail: 'this needs the role of an operator', details: { subject: 'alice' } });
    const told = captured.lines.find(({ level }) => level === 'warn');
    expect(told).toMatchObject({ subject: 'alice', method: 'POST', path: '/api/v1/clusters/reload', request_id: answer.headers.get('x-request-id') });
  });
});

describe('a token is refused, with the reason, when', () => {
  let rogue: SigningKey;
  let impostor: SigningKey;
  beforeAll(async () => {
    rogue = await signingKey('unknown');
    impostor = await signingKey('first');
  });
  const without = (claim: string): JWTPayload => ({ [claim]: undefined });
  const past = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  const unsigned = (header: object) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: issuer.url, aud: AUDIENCE, sub: 'alice', exp: Math.floor(Date.now() / 1000) + 300, ...roles('vice-operator') };
    return `${part(header)}.${part(claims)}.`;
  };
  const withSecret = async () => {
    const claims = { iss: issuer.url, aud: AUDIENCE, sub: 'alice', ...roles('vice-operator') };
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'first' }).setExpirationTime('5m').sign(new Uint8Array(32));
  };
  const cases: readonly (readonly [string, () => Promise<string> | string, string])[] = [
    ['it has expired', () => issuer.token({ expiresAt: past(60) }), 'the token has expired'],
    ['it is not valid yet', () => issuer.token({ claims: { nbf: Math.floor(Date.now() / 1000) + 60 } }), 'the claim nbf of the token'],
    ['it is for another service', () => issuer.token({ claims: { aud: 'other' } }), 'the claim aud of the token'],
    ['it is of another issuer', () => issuer.token({ claims: { iss: `${issuer.url}/other` } }), 'the claim iss of the token'],
    ['it names nobody', () => issuer.token({ claims: without('sub') }), 'the claim sub of the token'],
    ['its subject is no text', () => issuer.token({ claims: { sub: Object({ name: 'alice' }) } }), 'the claim sub of the token'],
    ['it never expires', () => issuer.token({ claims: without('exp') }), 'the claim exp of the token'],
    ['its key is not one of the issuer', () => issuer.token({ key: rogue }), 'a key that its issuer does not have'],
    ['it only says that it has a key of the issuer', () => issuer.token({ key: impostor }), 'not one that its issuer signed'],
    ['nobody signed it', () => unsigned({ alg: 'none' }), 'an algorithm that is not allowed'],
    ['it is signed with a secret', withSecret, 'an algorithm that is not allowed'],
    ['it is no token', () => 'abc', 'not one that its issuer signed'],
    ['it was changed', async () => `${(await issuer.token()).slice(0, -8)}AAAAAAAA`, 'not one that its issuer signed'],
  ];
  for (const [when, make, reason] of cases) {
    test(when, async () => {
      const { ask, captured } = interfaceOf();
      const token = await make();
      const answer = await ask('POST', '/api/v1/clusters/reload', token);
      const text = await answer.text();
      expect([answer.status, JSON.parse(text).detail]).toEqual([401, expect.stringContaining(reason)]);
      expect(challengeOf(answer)).toStartWith('Bearer realm="vice", error="invalid_token", error_description="');
      for (const part of token.split('.').filter((each) => each.length > 5)) expect(text + captured.text()).not.toContain(part);
    });
  }
});

test.each(['RS256', 'PS512', 'ES384', 'EdDSA'])('a token that is signed with %s is taken', async (alg) => {
  const own = await startIssuer();
  stops.push(() => own.stop());
  const key = await signingKey('k', alg);
  own.offer([key]);
  expect((await interfaceOf({ issuer: own.url }).ask('GET', '/api/v1/clusters', await own.token({ key }))).status).toBe(200);
});

describe('the issuer', () => {
  test('is asked once for many requests, and may change its keys', async () => {
    const own = await startIssuer();
    stops.push(() => own.stop());
    const { ask } = interfaceOf({ issuer: own.url });
    const [first, second] = [await own.token(), await signingKey('second')];
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('GET', '/api/v1/clusters', first)));
    expect([new Set(answers.map(({ status }) => status)), own.reads()]).toEqual([new Set([200]), 1]);
    own.offer([second]);
    // Keys that were read a moment ago are not read again for a token that nobody knows; another replica has not read any yet.
    expect((await ask('GET', '/api/v1/clusters', await own.token({ key: second }))).status).toBe(401);
    const other = interfaceOf({ issuer: own.url });
    expect((await other.ask('GET', '/api/v1/clusters', await own.token({ key: second }))).status).toBe(200);
    expect((await other.ask('GET', '/api/v1/clusters', first)).status).toBe(401);
    expect(own.reads()).toBe(2);
  });

  test.each([
    ['is not there', undefined],
    ['does not answer', () => new Promise<Response>(() => {})],
    ['answers with an error', () => new Response('no', { status: 500 })],
    ['sends us elsewhere', () => Response.redirect('http://127.0.0.1:1/', 302)],
    ['answers with what is no key set', () => Response.json({ keys: 'none' })],
    ['offers a key that is none', () => Response.json({ keys: [{ kty: 'EC', crv: 'P-256', x: '!', y: '?', kid: 'first', alg: 'ES256' }] })],
    ['answers without end', () => new Response(new ReadableStream({ pull: (out) => out.enqueue(new Uint8Array(65_536)) }))],
  ])('that %s makes the request one that can be repeated', async (_, answer) => {
    const own = await startIssuer();
    const token = await own.token();
    if (answer === undefined) await own.stop();
    else own.offer(answer);
    stops.push(() => own.stop());
    const { ask, captured } = interfaceOf({ issuer: own.url });
    const refused = await ask('GET', '/api/v1/clusters', token);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toMatchObject({ code: 'unavailable', retryable: true });
    expect(captured.text()).not.toContain(token.split('.')[2] ?? '');
    expect((await ask('POST', '/vice/x/exit')).status).toBe(200);
  });

  test('whose discovery document names another one is not believed', async () => {
    const { ask } = interfaceOf({ issuer: issuer.url.replace('127.0.0.1', 'localhost') });
    expect((await ask('GET', '/api/v1/clusters', await issuer.token())).status).toBe(503);
  });
});

test('the access log names the subject and nothing of the token', async () => {
  const { ask, captured } = interfaceOf();
  const token = await issuer.token();
  expect((await ask('GET', '/api/v1/clusters', token)).status).toBe(200);
  expect(captured.lines.at(-1)).toMatchObject({ path: '/api/v1/clusters', subject: 'alice' });
  for (const part of token.split('.')) expect(captured.text()).not.toContain(part);
});
