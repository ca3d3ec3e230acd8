import { afterEach, expect, test } from 'bun:test';
import { capturedLog } from '../../test/support/captured-log.ts';
import { httpEvent, type LambdaRuntime, startLambdaRuntime } from '../../test/support/lambda-runtime.ts';
import { createApp } from '../http/plumbing/app.ts';
import { jsonResponse } from '../http/plumbing/json-response.ts';
import { readJson } from '../http/plumbing/read-json.ts';
import { contextOf } from '../http/plumbing/request-context.ts';
import { httpHandler } from './http-handler.ts';
import type { Invocation } from './invocation.ts';
import { serveInvocations } from './loop.ts';
import { runtimeApi } from './runtime-api.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function application(sawSignal: (signal: AbortSignal) => void) {
  return createApp({ log: capturedLog().log })
    .get('/', () => new Response('root', { headers: { 'content-type': 'text/plain' } }))
    .get('/api/v1/echo', ({ request }) => jsonResponse(200, { url: request.url, headers: Object.fromEntries(request.headers) }))
    .post('/api/v1/echo', async ({ request }) => jsonResponse(201, await readJson(request, { maxBytes: 1000 })), { parse: 'none' })
    .get('/api/v1/cookies', () => {
      const headers = new Headers({ 'content-type': 'text/plain; charset=utf-8' });
      headers.append('set-cookie', 'a=1; Path=/');
      headers.append('set-cookie', 'b=2');
      return new Response('grüß dich', { headers });
    })
    .get('/api/v1/bytes', () => new Response(new Uint8Array([0, 255, 128]), { headers: { 'content-type': 'application/octet-stream' } }))
    .get('/api/v1/large', () => new Response('x'.repeat(7 * 1024 * 1024), { headers: { 'content-type': 'text/plain' } }))
    .get('/api/v1/stuck', ({ request }) => {
      sawSignal(contextOf(request).signal);
      return new Promise<Response>(() => undefined);
    });
}

function start(): { runtime: LambdaRuntime; signals: AbortSignal[]; heard: string[]; errors: unknown[]; ended: Promise<void>; end: () => void } {
  const runtime = startLambdaRuntime();
  const stop = new AbortController();
  const signals: AbortSignal[] = [];
  const heard: string[] = [];
  const errors: unknown[] = [];
  const hears = { begin: ({ requestId }: Invocation) => void heard.push(requestId), failed: (err: unknown) => void errors.push(err) };
  const app = application((signal) => signals.push(signal));
  const load = () => Promise.resolve(httpHandler(app, hears));
  const ended = serveInvocations(runtimeApi(runtime.address), load, stop.signal);
  cleanups.push(async () => {
    stop.abort();
    await ended.catch(() => undefined);
    await runtime.stop();
  });
  return { runtime, signals, heard, errors, ended, end: () => stop.abort() };
}

async function get(path: string, more: Record<string, unknown> = {}) {
  const outcome = await start().runtime.invoke(httpEvent('GET', path, more));
  if (outcome.kind === 'error') throw new Error(JSON.stringify(outcome));
  return outcome.answer;
}

test('a request goes in and its answer comes out, one invocation after another', async () => {
  const { runtime, heard } = start();
  const body = JSON.stringify({ name: 'grüß' });
  const first = await runtime.invoke(httpEvent('POST', '/api/v1/echo', { body }));
  expect(first).toMatchObject({ kind: 'answer', answer: { statusCode: 201, body: `${body}\n`, isBase64Encoded: false, cookies: [] } });
  const coded = { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
  expect(await runtime.invoke(httpEvent('POST', '/api/v1/echo', coded))).toMatchObject({ answer: { statusCode: 201, body: `${body}\n` } });
  expect(new Set(heard).size).toBe(2);
});

test('query, cookies and headers arrive, the host is a constant, and the request id is that of the invocation', async () => {
  const answer = await get('/api/v1/echo', { rawQueryString: 'a=1&a=2&b=%20', cookies: ['x=1', 'y=2'] });
  const seen = JSON.parse(String(answer['body']));
  expect(seen.url).toBe('https://lambda.internal/api/v1/echo?a=1&a=2&b=%20');
  expect(seen.headers).toMatchObject({ cookie: 'x=1; y=2', 'x-forwarded-for': '203.0.113.7' });
  expect(seen.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer['headers']).toMatchObject({ 'x-request-id': seen.headers['x-request-id'], 'content-type': 'application/json' });
});

test('the name of the stage is no part of the path', async () => {
  const requestContext = { stage: 'prod', http: { method: 'GET' } };
  for (const [path, body] of [
    ['/prod', 'root'],
    ['/prod/', 'root'],
  ] as const) {
    expect(await get(path, { requestContext })).toMatchObject({ statusCode: 200, body });
  }
  expect(await get('/production', { requestContext })).toMatchObject({ statusCode: 404 });
});

test('text stays text, other bytes come out in base64, cookies on their own', async () => {
  expect(await get('/api/v1/cookies')).toMatchObject({ body: 'grüß dich', isBase64Encoded: false, cookies: ['a=1; Path=/', 'b=2'] });
  expect(await get('/api/v1/bytes')).toMatchObject({ body: 'AP+A', isBase64Encoded: true });
});

test('an answer to HEAD has no body', async () => {
  const { runtime } = start();
  expect(await runtime.invoke(httpEvent('HEAD', '/'))).toMatchObject({ answer: { statusCode: 200, body: '' } });
});

test('the body limit holds without a server', async () => {
  const { runtime } = start();
  const outcome = await runtime.invoke(httpEvent('POST', '/api/v1/echo', { body: `"${'x'.repeat(1000)}"` }));
  expect(outcome).toMatchObject({ answer: { statusCode: 413 } });
});

test('an event that is none of HTTP is an error of the invocation, and the next one is served', async () => {
  const { runtime } = start();
  for (const event of [{ source: 'aws.events' }, null, [], { ...httpEvent('GET', '/'), version: '1.0' }]) {
    expect(await runtime.invoke(event)).toEqual({
      kind: 'error',
      type: 'InvalidDocumentError',
      error: { errorType: 'InvalidDocumentError', errorMessage: 'see the log' },
    });
  }
  expect(await runtime.invoke(httpEvent('GET', '/'))).toMatchObject({ answer: { statusCode: 200 } });
});

test('an answer larger than Lambda takes is an error of the invocation', async () => {
  const { runtime, errors } = start();
  expect(await runtime.invoke(httpEvent('GET', '/api/v1/large'))).toMatchObject({ kind: 'error', type: 'Error' });
  expect(String(errors)).toContain('refused response with status 413');
  expect(await runtime.invoke(httpEvent('GET', '/'))).toMatchObject({ answer: { statusCode: 200 } });
});

test('what does not answer before the deadline is cancelled and answered with a retryable 503', async () => {
  const { runtime, signals } = start();
  const outcome = await runtime.invoke(httpEvent('GET', '/api/v1/stuck'), 200);
  expect(outcome).toMatchObject({ kind: 'answer', answer: { statusCode: 503 } });
  expect(JSON.stringify(outcome)).toContain('\\"retryable\\":true');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test('the first invocation is asked for before the handler is loaded', async () => {
  const runtime = startLambdaRuntime();
  const stop = new AbortController();
  const loaded = Promise.withResolvers<ReturnType<typeof httpHandler>>();
  const ended = serveInvocations(runtimeApi(runtime.address), () => loaded.promise, stop.signal);
  await runtime.polled;
  const outcome = runtime.invoke(httpEvent('GET', '/'));
  loaded.resolve(
    httpHandler(
      application(() => undefined),
      { begin: () => undefined, failed: () => undefined },
    ),
  );
  expect(await outcome).toMatchObject({ answer: { statusCode: 200, body: 'root' } });
  stop.abort();
  await ended;
  await runtime.stop();
});

test('a handler that cannot be loaded ends the function with its error', async () => {
  const runtime = startLambdaRuntime();
  const failed = serveInvocations(runtimeApi(runtime.address), () => Promise.reject(new Error('no kubeconfig')), new AbortController().signal);
  expect(failed).rejects.toThrow('no kubeconfig');
  await failed.catch(() => undefined);
  await runtime.stop();
});

test('the end of the process is no error while no invocation runs', async () => {
  const { runtime, ended, end } = start();
  await runtime.polled;
  end();
  await ended;
});
