import { afterEach, expect, test } from 'bun:test';
import type { ExternalId } from '../../schema/ids.ts';
import { SERVICE_URL, transferPrograms } from './transfer-program.ts';

const id = 'x1' as ExternalId; // a label, as the schema asks for
const signal = () => AbortSignal.timeout(10_000);
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

function program(answer: (request: Request) => Response | Promise<Response>) {
  const asked: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    reusePort: false,
    fetch: (request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return answer(request);
    },
  });
  stops.push(() => server.stop(true));
  return { url: `http://127.0.0.1:${server.port}`, asked };
}

const post = { method: 'POST', path: '/upload' } as const;
const failure = (asking: Promise<unknown>) => asking.catch((err: unknown) => err);

test('in a pod it is the Service of the analysis that is asked', () => {
  expect(SERVICE_URL).toBe('http://vice-{external_id}.{namespace}.svc:60001');
});

test('the analysis and the namespace are filled in, and status and text of the answer are told as they are', async () => {
  const { url, asked } = program(() => new Response('hm', { status: 418 }));
  const programs = transferPrograms(`${url}/{namespace}/{external_id}/`, 'apps');
  expect(await programs.ask(id, post, signal())).toEqual({ status: 418, body: 'hm' });
  expect(asked).toEqual(['POST /apps/x1/upload']);
});

test('a redirect is told and not followed', async () => {
  const elsewhere = program(() => new Response('secret'));
  const { url } = program(() => Response.redirect(`${elsewhere.url}/`));
  expect((await transferPrograms(`${url}/{external_id}`, 'apps').ask(id, post, signal())).status).toBe(302);
  expect(elsewhere.asked).toEqual([]);
});

test('of an answer without an end 64 KiB are read', async () => {
  const { url } = program(() => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(50_000).fill(97)) })));
  expect((await transferPrograms(`${url}/{external_id}`, 'apps').ask(id, post, signal())).body).toHaveLength(64 * 1024);
});

test('one that got nothing of the request is told apart from one that may have', async () => {
  const { url } = program(() => new Promise<Response>(() => {}));
  const silent = transferPrograms(`${url}/{external_id}`, 'apps');
  expect(await failure(silent.ask(id, post, AbortSignal.timeout(20)))).toMatchObject({ name: 'UnavailableError', retryable: true });
  await stops.pop()?.();
  expect(await failure(silent.ask(id, post, signal()))).toMatchObject({ name: 'NotReachedError', status: 503, retryable: true });
  const none = await failure(transferPrograms(undefined, 'apps').ask(id, post, signal()));
  expect(none).toMatchObject({ name: 'NotReachedError', message: expect.stringContaining('--transfer-url') });
});
