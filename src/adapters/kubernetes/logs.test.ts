import { afterEach, describe, expect, test } from 'bun:test';
import type { LogRequest } from '../../deployer/logs/ports.ts';
import { UnavailableError } from '../../errors/errors.ts';
import { credentialsFrom } from './credentials.ts';
import { kubernetesLogs } from './logs.ts';
import { createTransport } from './transport.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

function logsFrom(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', reusePort: false, idleTimeout: 0, fetch: answer });
  stops.push(() => server.stop(true));
  const text = JSON.stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${server.port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 't' } }],
  });
  return kubernetesLogs(createTransport({ credentials: credentialsFrom({ from: 'text', text }) }), 'apps');
}

const request: LogRequest = { pod: 'p', container: 'analysis', previous: false, timestamps: false, follow: false };
const signal = () => AbortSignal.timeout(10_000);

async function read(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const piece of pieces) chunks.push(piece);
  return Buffer.concat(chunks).toString();
}

test('one request asks for what is wanted, in the words of Kubernetes, and for nothing else', async () => {
  const asked: string[] = [];
  const logs = logsFrom(({ url }) => {
    const { pathname, searchParams } = new URL(url);
    asked.push(`${pathname} ${[...searchParams].map((pair) => pair.join('=')).join(' ')}`);
    return new Response('one\n');
  });
  expect(await read(await logs.open(request, signal()))).toBe('one\n');
  const all = { previous: true, timestamps: true, follow: true, tailLines: 0, sinceTime: new Date('2026-03-01T12:00:00Z') };
  await read(await logs.open({ ...request, ...all }, signal()));
  await read(await logs.open({ ...request, sinceSeconds: 60 }, signal()));
  expect(asked).toEqual([
    '/api/v1/namespaces/apps/pods/p/log container=analysis',
    '/api/v1/namespaces/apps/pods/p/log container=analysis previous=true sinceTime=2026-03-01T12:00:00.000Z tailLines=0 timestamps=true follow=true',
    '/api/v1/namespaces/apps/pods/p/log container=analysis sinceSeconds=60',
  ]);
});

describe('a refusal is told as what it is:', () => {
  const cases: readonly (readonly [number, string, string])[] = [
    [400, 'container "analysis" in pod "p" is waiting to start: ContainerCreating', 'not_started'],
    [400, 'container analysis is not valid for pod p', 'not_found'],
    [400, 'previous terminated container "analysis" in pod "p" not found', 'not_found'],
    [404, 'pods "p" not found', 'not_found'],
    [400, 'something that nobody foresaw', 'upstream'],
    [403, 'pods "p" is forbidden: User "x" cannot get resource "pods/log" in API group ""', 'cluster_misconfigured'],
    [500, 'Get "https://10.0.0.1:10250/containerLogs/apps/p/analysis": dial tcp 10.0.0.1:10250: connect: connection refused', 'unavailable'],
  ];
  for (const [status, message, code] of cases) {
    test(`${status} ${message}`, async () => {
      const logs = logsFrom(() => Response.json({ kind: 'Status', status: 'Failure', reason: 'x', message, code: status }, { status }));
      const err = await logs.open(request, signal()).catch((caught: unknown) => caught);
      expect(err).toMatchObject({ code, message: expect.stringContaining(message) });
    });
  }
});

test('whoever leaves a log that is followed, or aborts it, closes the request to the cluster', async () => {
  for (const how of ['leave', 'abort'] as const) {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const logs = logsFrom((asked) => {
      asked.signal.addEventListener('abort', () => resolve());
      return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('one\n')) }));
    });
    const left = new AbortController();
    const pieces = (await logs.open({ ...request, follow: true }, left.signal))[Symbol.asyncIterator]();
    expect(Buffer.from((await pieces.next()).value ?? '').toString()).toBe('one\n');
    if (how === 'leave') await pieces.return?.();
    else {
      const next = pieces.next();
      left.abort();
      await expect(next).rejects.toBeInstanceOf(UnavailableError);
    }
    await closed;
  }
});

test('a log that breaks in the middle is unavailable, not at its end', async () => {
  const { promise: told, resolve } = Promise.withResolvers<void>();
  const logs = logsFrom(() => {
    return new Response(
      new ReadableStream({
        start: async (controller) => {
          controller.enqueue(new TextEncoder().encode('one\n'));
          await told;
          await stops.pop()?.();
        },
      }),
    );
  });
  const reading = async () => {
    for await (const _ of await logs.open({ ...request, follow: true }, signal())) resolve();
  };
  await expect(reading()).rejects.toBeInstanceOf(UnavailableError);
});
