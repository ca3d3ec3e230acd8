import { expect, test } from 'bun:test';
import { redact } from './redact.ts';

const secret = 'hunter2';

test('a value with the name of a secret never shows, whatever its depth, its type and the spelling of the name', () => {
  const names = ['authorization', 'Authorization', 'Proxy-Authorization', 'cookie', 'Set-Cookie', 'password', 'db_password', 'passwd', 'secret'];
  const more = ['clientSecret', 'keycloak_client_secret', 'token', 'x-api-token', 'accessToken', 'key', 'client_key', 'privateKey', 'api-key'];
  for (const name of [...names, ...more, 'dbUri', 'dbListenUri', 'kubeconfigText', 'tls.key']) {
    for (const value of [secret, { inner: secret }, [secret], new Error(secret)]) {
      const lines = [{ [name]: value }, { a: { b: { c: [{ d: { [name]: value } }] } } }, [[{ [name]: value }]]];
      for (const line of lines) expect([name, JSON.stringify(redact(line))]).toEqual([name, expect.not.stringContaining(secret)]);
      expect(redact({ [name]: value, other: 1 })).toEqual({ [name]: '[redacted]', other: 1 });
    }
  }
});

test('what holds no secret is shown as it is, and not copied', () => {
  const line = { request_id: 'a', monkey: 1, keys: ['a'], tokens: 3, nested: { list: [1, { two: 2 }], nothing: null, absent: undefined } };
  expect(redact(line)).toBe(line);
  for (const value of ['text', 7, null, undefined, true]) expect(redact(value)).toBe(value);
});

test('what is logged is left as it was', () => {
  const line = { user: 'a', headers: { cookie: secret } };
  redact(line);
  expect(line.headers.cookie).toBe(secret);
});

test('an object that says itself how it is written is looked at as it is written', () => {
  expect(redact({ login: { toJSON: () => ({ user: 'a', password: secret }) } })).toEqual({ login: { user: 'a', password: '[redacted]' } });
  expect(JSON.stringify(redact({ at: new Date(0) }))).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
});

test('bytes are not shown, and neither is what lies too deep to be looked at', () => {
  expect(redact({ file: Buffer.from(secret), view: new Uint8Array(3) })).toEqual({ file: '[7 bytes]', view: '[3 bytes]' });
  const endless: Record<string, unknown> = { name: 'endless' };
  endless['self'] = endless;
  expect(JSON.stringify(redact(endless))).toContain('[too deep]');
  const deep = Array.from({ length: 20 }).reduce<object>((inner) => ({ inner }), { token: secret });
  expect(JSON.stringify(redact(deep))).not.toContain(secret);
});
