import { afterEach, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { capturedLog } from '../../../test/support/captured-log.ts';
import { authority } from '../../../test/support/certificates.ts';
import { createApp } from './app.ts';
import { jsonListResponse, jsonResponse } from './json-response.ts';
import { readJson } from './read-json.ts';
import { contextOf } from './request-context.ts';
import { type Serving, serve } from './serve.ts';

const servers: Serving[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(0);
});

const aborted = (signal: AbortSignal) =>
  signal.aborted ? Promise.resolve() : new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

const ca = authority('ca');
const serverPair = ca.issue({ name: 'deployer', use: 'server', hosts: ['127.0.0.1'] });
const client = ca.issue({ name: 'coordinator', use: 'client' });
const trust = { ca: ca.cert, cert: client.cert, key: client.key };
const material = { ...serverPair, clientCa: ca.cert };
const source = { current: () => material, onChange: () => () => undefined };
const over = { 'in the clear': {}, 'over TLS': { tls: { source, clientNames: [] } } } as const;

for (const [how, tls] of Object.entries(over)) describe(how, () => guarantees(tls));

function endless(onLeave: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1)), cancel: onLeave }, { highWaterMark: 0 });
}

function* failingAfter(count: number): Iterable<string> {
  for (let number = 0; number < count; number += 1) yield 'x'.repeat(1_000);
  throw new Error('no more');
}

function guarantees(options: (typeof over)[keyof typeof over]): void {
  const isTls = 'tls' in options;
  const fetch = (url: string, init: RequestInit = {}) => globalThis.fetch(url, { ...init, ...(isTls && { tls: trust }) });

  function start() {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    const captured = capturedLog();
    const app = createApp({ log: captured.log })
      .get('/api/v1/admin', () => jsonResponse(200, { admin: true }))
      .post('/api/v1/echo', async ({ request }) => jsonResponse(200, await readJson(request, { maxBytes: 1000 })), { parse: 'none' })
      .get('/api/v1/endless', () => new Response(endless(left.resolve), { headers: { 'content-type': 'application/x-ndjson' } }))
      .get('/api/v1/list', ({ request }) => jsonListResponse({}, 'items', failingAfter(1_000), contextOf(request).cutBy))
      .get('/api/v1/work', async () => {
        entered.resolve();
        await release.promise;
        return jsonResponse(200, { done: true });
      })
      .get('/api/v1/poll', async ({ request }) => {
        entered.resolve();
        await aborted(contextOf(request).draining);
        return jsonResponse(200, { drained: true });
      })
      .get('/api/v1/stuck', async ({ request }) => {
        entered.resolve();
        await aborted(contextOf(request).signal);
        left.resolve();
        return jsonResponse(200, {});
      });
    const server = serve(app, { port: 0, hostname: '127.0.0.1', maxBodyBytes: 1000, ...options });
    servers.push(server);
    return { server, app, entered: entered.promise, release: release.resolve, left: left.promise, ...captured };
  }

  /** Sends bytes that no HTTP client would send. */
  function sending(port: number, bytes: string): { readonly sent: Promise<void>; readonly answer: Promise<string> } {
    const sent = Promise.withResolvers<void>();
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let answer = '';
    const write = () => socket.write(bytes, () => sent.resolve());
    const socket = isTls ? connectTls({ port, host: '127.0.0.1', ...trust }, write) : connect(port, '127.0.0.1', write);
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    return { sent: sent.promise, answer: promise };
  }

  /** What a server answers to them. */
  const raw = (port: number, bytes: string): Promise<string> => sending(port, bytes).answer;

  test('a list that fails on the way is not taken for a whole one, and the log says why', async () => {
    const { server, lines } = start();
    const read = async () => (await fetch(`${server.url}/api/v1/list`, { headers: { 'x-request-id': 'r-1' } })).text();
    expect(await read().catch((err: unknown) => err)).toBeInstanceOf(Error);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', request_id: 'r-1', err: expect.objectContaining({ message: 'no more' }) }),
    );
  });

  test('HEAD is told what GET is, and an answer that has no end is not read', async () => {
    const { server, left, lines } = start();
    const answer = await fetch(`${server.url}/api/v1/endless`, { method: 'HEAD' });
    await left;
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, 'application/x-ndjson', '']);
    expect(lines).toContainEqual(expect.objectContaining({ method: 'HEAD', path: '/api/v1/endless', status: 200 }));
    expect((await fetch(`${server.url}/api/v1/nowhere`, { method: 'HEAD' })).status).toBe(404);
  });

  test('a short Host cannot reach a handler past its path', async () => {
    const { server } = start();
    for (const host of ['x', 'a', 'abc', 'x:1', 'x/y', '', 'x@yyyyyyyy', 'aaaa/..']) {
      const answer = await raw(server.port, `GET /aa/api/v1/admin HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(answer).not.toContain('"admin":true');
      expect(answer).toMatch(/^HTTP\/1\.1 (400|404)/);
    }
    const absolute = await raw(server.port, 'GET http://x/aa/api/v1/admin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(absolute).not.toContain('"admin":true');
  });

  test('a body that announces too much is refused with a problem, whatever the route', async () => {
    const { server } = start();
    for (const path of ['/api/v1/echo', '/api/v1/nothing']) {
      const answer = await fetch(`${server.url}${path}`, {
        method: 'POST',
        body: 'x'.repeat(5_000_000),
        headers: { 'content-type': 'application/json' },
      });
      expect(await answer.json()).toMatchObject({ status: 413, code: 'too_large' });
    }
  });

  test('a chunked body is counted as it comes', async () => {
    const { server } = start();
    const chunk = `3e8\r\n${' '.repeat(1000)}\r\n`;
    const head =
      'POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    expect(await raw(server.port, `${head}${chunk}${chunk}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413[\s\S]*too_large/);
  });

  test('two servers cannot share a port', async () => {
    const { server, app } = start();
    expect(() => serve(app, { port: server.port, hostname: '127.0.0.1', maxBodyBytes: 1000, ...options })).toThrow(
      `cannot listen on 127.0.0.1:${server.port}`,
    );
  });

  test('draining lets a request under way finish and takes no new connection', async () => {
    const { server, entered, release } = start();
    const answer = fetch(`${server.url}/api/v1/work`);
    await entered;
    const stopped = server.stop(10_000);
    expect(fetch(`${server.url}/api/v1/admin`, { keepalive: false })).rejects.toThrow();
    release();
    expect(await (await answer).json()).toEqual({ done: true });
    await stopped;
  });

  test('draining ends a long poll at once, with an answer', async () => {
    const { server, entered } = start();
    const answer = fetch(`${server.url}/api/v1/poll`);
    await entered;
    await server.stop(10_000);
    expect(await (await answer).json()).toEqual({ drained: true });
  });

  test('draining cuts what does not end in time, and its signal says so', async () => {
    const { server, entered, left } = start();
    const answer = fetch(`${server.url}/api/v1/stuck`).then(
      () => 'answered',
      () => 'cut',
    );
    await entered;
    await Promise.all([server.stop(10), server.stop(10_000)]);
    await left;
    expect(await answer).toBe('cut');
  });

  test('a client that sends slowly does not hold up the end', async () => {
    const halves = [
      'GET /api/v1/admin HTTP/1.1\r\nHost: loc',
      'POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"',
      'POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
    ];
    const { server } = start();
    const clients = halves.map((half) => sending(server.port, half));
    await Promise.all(clients.map(({ sent }) => sent));
    await fetch(`${server.url}/api/v1/admin`); // the server has read what was sent before
    const started = performance.now();
    await server.stop(60_000);
    expect(performance.now() - started).toBeLessThan(30_000);
    const [nothing, ...refusals] = await Promise.all(clients.map(({ answer }) => answer));
    expect(nothing).toBe('');
    for (const refusal of refusals) expect(refusal).toMatch(/^HTTP\/1\.1 503[\s\S]*Connection: close[\s\S]*the body was not complete/i);
  });

  test('what comes in while the server ends is refused, and its connection closed', async () => {
    const { server, entered, release } = start();
    // The second request follows on the connection of the first, which keeps it open.
    const answers = raw(server.port, 'GET /api/v1/work HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/v1/admin HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await entered;
    const stopped = server.stop(10_000);
    release();
    await stopped;
    expect(await answers).toMatch(/^HTTP\/1\.1 200[\s\S]*Connection: close[\s\S]*"done":true/i);
    expect(await answers).not.toContain('"admin":true');
  });

  test('after a body that is too large the connection is closed, and the client has read why', async () => {
    const { server } = start();
    const head = 'POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const large = 'x'.repeat(1_000_000);
    const announced = `${head}Content-Length: ${large.length}\r\n\r\n${large}`;
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`;
    for (const body of [announced, chunked]) expect(await raw(server.port, body)).toMatch(/^HTTP\/1\.1 413[\s\S]*Connection: close[\s\S]*too_large/i);
  });

  test('the signal of a request aborts when its client leaves', async () => {
    const { server, entered, left } = start();
    const client = new AbortController();
    const answer = fetch(`${server.url}/api/v1/stuck`, { signal: client.signal });
    await entered;
    client.abort();
    expect(answer).rejects.toThrow();
    await left;
  });

  test('the access log tells the address of the peer', async () => {
    const { server, lines } = start();
    await fetch(`${server.url}/api/v1/admin`);
    expect(lines[0]).toMatchObject({ path: '/api/v1/admin', peer: '127.0.0.1' });
  });
}
