import { afterEach, expect, describe as group, test } from 'bun:test';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { Apply } from '../../coordinator/ports.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { createDeployerClient } from './deployer-client.ts';

const id = 'f0f0' as ExternalId; // a DNS label, which is all that the brand promises
const request: Apply = { external_id: id, spec: '{"metadata":{}}', spec_hash: 'abc', attempt: 3 };
const observed = { external_id: id, phase: 'pending', attempt: 3, spec_hash: 'abc', future_key: true };
const signal = new AbortController().signal;
const soon = { applyMs: 150, askMs: 150, lifeMs: 150 };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type Handler = (request: Request) => Response | Promise<Response>;

/** A deployer that is alive and answers everything else with `handler`. */
function deployer(handler: Handler, path = '', now = () => 0) {
  const seen: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => {
      seen.push(`${request.method} ${request.url.replace(/^http:\/\/[^/]+/, '')}`);
      return request.url.endsWith('/readyz') ? new Response('ok') : handler(request);
    },
  });
  closers.push(() => server.stop(true));
  return { client: createDeployerClient(`http://127.0.0.1:${server.port}${path}`, soon, now), seen };
}

/** A TCP peer that does what `onConnection` says. */
async function peer(onConnection: Parameters<typeof createServer>[1]): Promise<string> {
  const server: Server = createServer(onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

const problem = (status: number, code: string) => () =>
  Response.json({ type: 'about:blank', title: 'x', status, code, detail: 'why', retryable: false, request_id: 'r' }, { status });

const errorName = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (err: unknown) => (err instanceof Error ? err.name : String(err)),
  );

test('what is sent is the text that was handed over, byte for byte', async () => {
  let sent = '';
  const { client } = deployer(async (request) => {
    sent = await request.text();
    return Response.json(observed, { status: 201 });
  });
  await client.apply({ ...request, spec: '{ "b":1.0,\n"a":"ü" }' }, signal);
  expect(sent).toBe('{ "b":1.0,\n"a":"ü" }');
});

test('a base URL may have a path of its own', async () => {
  const { client, seen } = deployer(() => Response.json(observed), '/prod/');
  await client.status(id, signal);
  await client.apply(request, signal);
  expect(seen).toEqual(['GET /prod/api/v1/deployments/f0f0/status', 'POST /prod/api/v1/deployments']);
});

test('a sign of life is asked for only when the last answer is older than a second', async () => {
  let now = 0;
  const { client, seen } = deployer(
    () => Response.json(observed),
    '',
    () => now,
  );
  await client.apply(request, signal);
  now = 999;
  await client.apply(request, signal);
  now = 1_999;
  await client.apply(request, signal);
  expect(seen.map((line) => line.split(' ')[0])).toEqual(['GET', 'POST', 'POST', 'GET', 'POST']);
});

group('an apply is known to have done nothing', () => {
  test('when nobody listens', async () => {
    const url = await peer(() => undefined);
    await closers.pop()?.();
    expect(await errorName(createDeployerClient(url, soon).apply(request, signal))).toBe('DeployerUnreachableError');
  });

  test('when the deployer hangs before it is sent anything', async () => {
    let bytes = '';
    const url = await peer((socket) => socket.on('data', (data) => (bytes += data)).on('error', () => undefined));
    expect(await errorName(createDeployerClient(url, soon).apply(request, signal))).toBe('DeployerUnreachableError');
    expect(bytes).toStartWith('GET /readyz');
    expect(bytes).not.toContain('POST');
  });

  test('when what listens there is no deployer', async () => {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('It works!', { status: 404 }) });
    closers.push(() => server.stop(true));
    expect(await errorName(createDeployerClient(`http://127.0.0.1:${server.port}`, soon).apply(request, signal))).toBe('DeployerUnreachableError');
  });

  for (const [status, code, name] of [
    [422, 'spec_refused', 'SpecRefusedError'],
    [413, 'too_large', 'SpecRefusedError'],
    [409, 'cluster_full', 'ClusterFullError'],
    [429, 'overloaded', 'OverloadedError'],
    [409, 'terminating', 'TerminatingError'],
    [409, 'fenced', 'FencedError'],
    [409, 'conflict', 'ConflictError'],
  ] as const) {
    test(`when the deployer says ${code}`, async () => {
      expect(await errorName(deployer(problem(status, code)).client.apply(request, signal))).toBe(name);
    });
  }
});

group('what an apply did is not known', () => {
  const cases: Record<string, [Handler, string]> = {
    'when the answer does not come': [() => new Promise(() => undefined), 'UnavailableError'],
    'when the deployer is unavailable': [problem(503, 'unavailable'), 'UnavailableError'],
    'when the deployer fails': [problem(500, 'internal'), 'UpstreamError'],
    'when a gateway fails': [() => new Response('<html>Bad Gateway</html>', { status: 502 }), 'UpstreamError'],
    'when the answer is no JSON': [() => new Response('hello'), 'UpstreamError'],
    'when the answer lacks what is used': [() => Response.json({ external_id: id }), 'UpstreamError'],
    'when the answer is for another spec': [() => Response.json({ ...observed, spec_hash: 'def' }), 'UpstreamError'],
    'when the answer is for another analysis': [() => Response.json({ ...observed, external_id: 'other' }), 'UpstreamError'],
    'when the answer is a redirect': [() => Response.redirect('http://127.0.0.1:1/', 307), 'UpstreamError'],
    'when the answer does not end': [() => new Response(new Uint8Array(2 * 1024 * 1024)), 'UpstreamError'],
    'when a gateway turns it away': [() => Response.json({ message: 'Too Many Requests' }, { status: 429 }), 'UpstreamError'],
    'when the refusal is of an unknown code': [problem(409, 'something_new'), 'UpstreamError'],
  };
  for (const [when, [handler, name]] of Object.entries(cases)) {
    test(when, async () => {
      expect(await errorName(deployer(handler).client.apply(request, signal))).toBe(name);
    });
  }

  test('when the connection breaks after the request', async () => {
    let requests = 0;
    const url = await peer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        requests += 1;
        if (data.toString().startsWith('GET')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        else socket.destroy();
      });
    });
    expect(await errorName(createDeployerClient(url, soon).apply(request, signal))).toBe('UnavailableError');
    expect(requests).toBe(2); // one sign of life, one apply: nothing is sent twice behind our back
  });
});

test('nothing of an analysis is there only when a deployer says that it asked its cluster', async () => {
  expect(await deployer(problem(404, 'not_found')).client.status(id, signal)).toBeUndefined();
  const { client } = deployer(() => new Response('Not Found', { status: 404 }));
  expect(await errorName(client.status(id, signal))).toBe('UpstreamError');
});

test('a removal carries its attempt and its fence', async () => {
  const { client, seen } = deployer(() => Response.json({ external_id: id, gone: false, left: ['Pod/x'] }, { status: 202 }));
  expect(await client.remove({ external_id: id, attempt: 4 }, { fence: true }, signal)).toMatchObject({ gone: false });
  await client.remove({ external_id: id, attempt: 4 }, { fence: false }, signal);
  expect(seen).toEqual(['DELETE /api/v1/deployments/f0f0?attempt=4&fence=true', 'DELETE /api/v1/deployments/f0f0?attempt=4']);
});

test.each([
  ['a page', () => new Response('<html>welcome</html>', { headers: { 'content-type': 'text/html' } })],
  ['another document', () => Response.json({ status: 'up' })],
  ['nothing', () => new Response()],
])('a web server that answers every path with %s is no deployer that is well', async (_, answer) => {
  const { client } = deployer(answer);
  expect(await client.health(signal)).toMatchObject({ state: 'unreachable', reason: expect.stringContaining('what is no answer of a deployer') });
});
