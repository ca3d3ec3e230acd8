import { expect, describe as group, test } from 'bun:test';
import { capturedLog } from '../../../test/support/captured-log.ts';
import { ConfigurationError, ConflictError, InvalidDocumentError, NoClusterError } from '../../errors/errors.ts';
import { createApp } from './app.ts';
import { jsonResponse } from './json-response.ts';
import { contextOf } from './request-context.ts';

const SECRET = 'postgres://vice:hunter2@db';

function thrower(what: unknown): () => never {
  return () => {
    throw what;
  };
}

function example() {
  const captured = capturedLog();
  const app = createApp({ log: captured.log })
    .get('/api/v1/fine/:id', ({ params }) => jsonResponse(200, params))
    .get('/api/v1/leaky', thrower(new Error(SECRET)))
    .get('/api/v1/leaky-text', thrower(SECRET))
    .get('/api/v1/leaky-async', () => Promise.reject(Object.assign(new Error(SECRET), { status: 418, code: SECRET })))
    .get('/api/v1/configuration', thrower(new ConfigurationError(SECRET)))
    .get('/api/v1/conflict', thrower(new ConflictError('another spec', { details: { was: 'a' } })))
    .get('/api/v1/busy', thrower(new NoClusterError('no room', { retryAfterSeconds: 1.2 })))
    .get('/vice/leaky', thrower(new Error(SECRET)))
    .get('/vice/faulty', thrower(new InvalidDocumentError('the body is faulty', { faults: [{ path: 'steps', message: 'is required' }] })))
    .post('/vice/launch', () => jsonResponse(200, {}))
    .get('/context', ({ request }) => jsonResponse(200, { id: contextOf(request).requestId }));
  const get = (path: string, init: RequestInit = {}) => app.handle(new Request(`http://localhost${path}`, init));
  return { app, get, ...captured };
}

group('an error that nobody foresaw', () => {
  for (const path of ['/api/v1/leaky', '/api/v1/leaky-text', '/api/v1/leaky-async', '/api/v1/configuration', '/vice/leaky']) {
    test(`says nothing of its cause: ${path}`, async () => {
      const { get, text } = example();
      const answer = await get(path);
      expect(answer.status).toBe(500);
      expect(await answer.text()).not.toContain('hunter2');
      expect(JSON.stringify([...answer.headers])).not.toContain('hunter2');
      expect(text()).toContain('hunter2');
    });
  }

  test('is logged once, with its cause and the request id', async () => {
    const { get, lines } = example();
    await get('/api/v1/leaky', { headers: { 'x-request-id': 'r-1' } });
    const told = lines.filter((line) => line['level'] === 'error');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ request_id: 'r-1', err: { message: SECRET } });
  });
});

test('below /api/ an error is problem details with its code, details and request id', async () => {
  const { get } = example();
  const answer = await get('/api/v1/conflict', { headers: { 'x-request-id': 'r-2' } });
  expect(answer.status).toBe(409);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await answer.json()).toMatchObject({ code: 'conflict', detail: 'another spec', retryable: false, request_id: 'r-2', details: { was: 'a' } });
});

test('elsewhere an error is exactly what the platform reads, with its content type', async () => {
  const { get } = example();
  const answer = await get('/vice/faulty');
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await answer.json()).toEqual({ message: 'the body is faulty: steps is required' });
});

test('a retryable error says in whole seconds when to come back', async () => {
  const answer = await example().get('/api/v1/busy');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
});

test('an unknown path is 404 in the dialect of its place', async () => {
  const { get } = example();
  const problem = await get('/api/v1/nothing');
  expect(await problem.json()).toMatchObject({ status: 404, code: 'not_found' });
  const platform = await get('/vice/nothing');
  expect([platform.status, await platform.json()]).toEqual([404, { message: 'there is no /vice/nothing' }]);
});

test('a wrong method is 405 and names the right ones', async () => {
  const { get } = example();
  const answer = await get('/api/v1/fine/7', { method: 'DELETE' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect(await answer.json()).toMatchObject({ status: 405, code: 'method_not_allowed' });
  expect((await get('/vice/launch')).headers.get('allow')).toBe('POST');
});

test('a sane request id is kept, another one replaced, and the handler sees the one that is answered', async () => {
  const { get } = example();
  expect((await get('/context', { headers: { 'x-request-id': 'abc-123' } })).headers.get('x-request-id')).toBe('abc-123');
  for (const bad of ['', 'x'.repeat(129), 'a b', '{"a":1}', '-x']) {
    const answer = await get('/context', { headers: { 'x-request-id': bad } });
    const id = answer.headers.get('x-request-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await answer.json()).toEqual({ id });
  }
});

test('one short line is logged for a request, without query, headers and body', async () => {
  const { get, lines, text } = example();
  await get('/api/v1/fine/7?token=hunter2', { headers: { authorization: 'Bearer hunter2', cookie: 'hunter2' } });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 'info', method: 'GET', path: '/api/v1/fine/7', status: 200 });
  expect(text()).not.toContain('hunter2');
});

group('the host of a request', () => {
  test('cannot move the path: a short one is refused before any route', async () => {
    const { app } = example();
    for (const url of ['http://x/aa/api/v1/fine/1', 'http://ab/c/api/v1/fine/1', 'https://x/a/api/v1/fine/1']) {
      const answer = await app.handle(new Request(url));
      expect([url, answer.status]).toEqual([url, 400]);
    }
  });

  test('may be a name, an address, and have a port', async () => {
    for (const host of ['localhost', 'vice.example.org:443', '10.0.0.1:60000', '[::1]:8080']) {
      const answer = await example().app.handle(new Request(`http://${host}/api/v1/fine/1`, { headers: { host } }));
      expect([host, answer.status]).toEqual([host, 200]);
    }
  });

  test('is refused when its header is no host name', async () => {
    for (const host of ['a b', 'x/../y', 'user@host.example', 'host:port', '']) {
      const answer = await example().app.handle(new Request('http://localhost/api/v1/fine/1', { headers: { host } }));
      expect([host, answer.status]).toEqual([host, 400]);
    }
  });
});

test('the OpenAPI document lists the routes and no page with foreign scripts is served', async () => {
  const { get } = example();
  const document = await (await get('/openapi.json')).json();
  expect(document).toMatchObject({ openapi: '3.1.0', paths: { '/api/v1/fine/{id}': { get: { parameters: [{ name: 'id', in: 'path' }] } } } });
  expect(document).not.toHaveProperty(['paths', '/openapi.json']);
  for (const path of ['/swagger', '/page', '/openapi']) expect((await get(path)).status).toBe(404);
});
