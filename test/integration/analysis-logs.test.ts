import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { AssignmentPage } from '../../src/schema/assignment.ts';
import { check } from '../../src/schema/check.ts';
import { database, register, runCoordinator } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';

setDefaultTimeout(60_000);

const id = randomUUID();
const first = '{"pod":"p","container":"analysis","since_time":"1"}\n';
let answer: (request: Request) => Response;
let asked: URL[] = [];
/** A deployer by hand: what it does in the middle of an answer is what is tried here. */
const deployer = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  idleTimeout: 0,
  fetch: (request) => {
    const url = new URL(request.url);
    if (!url.pathname.endsWith('/logs')) return new Response('not now', { status: 503 });
    asked.push(url);
    return answer(request);
  },
});
let uri: string;
let coordinator: Coordinator;
let db: ReturnType<typeof database>;

beforeAll(async () => {
  uri = await freshDatabase();
  db = database(uri);
  coordinator = await runCoordinator(uri);
  const [cluster] = await register(coordinator.url, [{ name: 'by-hand', url: deployer.url.origin }]);
  await db.sql`INSERT INTO vice_deployments (external_id, user_id, username, state, cluster_id, spec, applied_at)
               VALUES (${id}, 'u', 'u', 'applied', ${cluster ?? null}, '{}', now())`;
});
afterAll(async () => {
  await Promise.all([coordinator.stop(), deployer.stop(true), db.close()]);
});
beforeEach(() => {
  asked = [];
});

const logs = (query: string, signal?: AbortSignal) => fetch(`${coordinator.url}/api/v1/analyses/${id}/logs${query}`, { ...(signal && { signal }) });
const ndjson = (body: ReadableStream<Uint8Array> | string) => new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
const recordsOf = async (response: Response) =>
  (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a line reaches the reader while the answer goes on, and the deployer is left when the reader goes', async () => {
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  answer = (request) => {
    request.signal.addEventListener('abort', () => leave(), { once: true });
    return ndjson(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(`${first}{"line":"hello"}\n`)) }));
  };
  const reader = new AbortController();
  const response = await logs('?follow=true', reader.signal);
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  const { value } = (await response.body?.getReader().read()) ?? {};
  expect(new TextDecoder().decode(value)).toBe(`${first}{"line":"hello"}\n`);
  reader.abort();
  await left;
});

test('a coordinator that ends does not wait for readers, and tells them to ask again', async () => {
  answer = () => ndjson(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(first)) }));
  const ending = await runCoordinator(uri, { drainSeconds: '20' });
  const response = await fetch(`${ending.url}/api/v1/analyses/${id}/logs?follow=true`);
  await ending.stop();
  expect((await recordsOf(response)).at(-1)).toEqual({ end: 'interrupted', message: 'the coordinator is ending' });
}, 15_000);

test.each([
  ['breaks off', () => ndjson(`${first}{"line":"a"}\n`), 'the deployer stopped in the middle'],
  ['sends what is no record', () => ndjson(`${first}{"lines":1}\n`), 'the deployer sent what is no record of a log'],
])('a deployer that %s is told as an interruption', async (_, give, message) => {
  answer = give;
  const records = await recordsOf(await logs('?follow=1'));
  expect(records.at(-1)).toEqual({ end: 'interrupted', message });
});

test('a deployer that does not follow gives what there is, and the reader is told to ask again', async () => {
  answer = () => Response.json({ pod: 'p', container: 'analysis', since_time: '7', lines: ['a'], truncated: false });
  const records = await recordsOf(await logs('?follow=true'));
  expect(records).toEqual([
    { pod: 'p', container: 'analysis', since_time: '7' },
    { line: 'a' },
    { end: 'interrupted', message: expect.stringContaining('since-time') },
  ]);
});

test('parameters go to the deployer as they came, and its refusals come back as they are', async () => {
  answer = () => Response.json({ pod: 'p', container: 'c', since_time: '7', lines: [], truncated: false });
  await logs('?container=c%26x&tail-lines=5&since-time=3&previous=true');
  expect(asked.map(({ search }) => search)).toEqual(['?container=c%26x&tail-lines=5&since-time=3&previous=true']);
  const unknown = await logs('?tailLines=5');
  expect([unknown.status, asked.length]).toEqual([400, 1]);
  const faults = [{ path: 'since', message: 'must be a whole number' }];
  for (const [status, code] of [
    [400, 'invalid_document'],
    [404, 'not_found'],
    [409, 'not_started'],
    [429, 'overloaded'],
  ] as const) {
    const problem = {
      type: 'about:blank',
      title: 'x',
      status,
      detail: 'why',
      code,
      retryable: false,
      request_id: 'r',
      ...(status === 400 && { faults }),
    };
    answer = () => Response.json(problem, { status });
    const refused = await logs('?since=x');
    expect([refused.status, await refused.json()]).toMatchObject([status, { code, detail: 'why', ...(status === 400 && { faults }) }]);
  }
});

test('a page of the list is followed by the next, until there is none', async () => {
  for (let n = 0; n < 3; n++) {
    await db.sql`INSERT INTO vice_deployments (external_id, user_id, username, state, reason) VALUES (${`failed-${n}`}, 'u', 'u', 'failed', 'no_cluster')`;
  }
  const page = async (query: string) => {
    const answer = check(AssignmentPage, await (await fetch(`${coordinator.url}/api/v1/analyses?state=failed&limit=2${query}`)).json());
    if (!answer.ok) throw new Error(JSON.stringify(answer.faults));
    return answer.value;
  };
  const one = await page('');
  const two = await page(`&before=${one.next}`);
  expect([...one.analyses, ...two.analyses].map(({ external_id }) => String(external_id))).toEqual(['failed-2', 'failed-1', 'failed-0']);
  expect([one.next, two.next]).toEqual(['failed-1', undefined]);
  expect((await fetch(`${coordinator.url}/api/v1/analyses?limit=0&before=X&state=x`)).status).toBe(400);
});
