import { expect, test } from 'bun:test';
import { capturedLog } from '../../../test/support/captured-log.ts';
import { ViceError } from '../../errors/vice-error.ts';
import { createApp } from './app.ts';
import { jsonResponse } from './json-response.ts';
import { readJson } from './read-json.ts';

const app = createApp({ log: capturedLog().log }).post(
  '/api/v1/echo',
  async ({ request }) => jsonResponse(200, await readJson(request, { maxBytes: 100 })),
  { parse: 'none' },
);

type Body = string | Uint8Array | ReadableStream;

async function post(body: Body | null, headers: Record<string, string> = {}): Promise<[number, unknown]> {
  const request = new Request('http://localhost/api/v1/echo', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const answer = await app.handle(request);
  const document: unknown = await answer.json();
  const { code } = Object(document);
  return [answer.status, answer.ok ? document : code];
}

function stream(chunks: number, chunk: Uint8Array, pulled: { count: number } = { count: 0 }): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      pulled.count++;
      if (pulled.count > chunks) controller.close();
      else controller.enqueue(chunk);
    },
  });
}

test('a JSON body is read as it is: no number out of text, no key dropped', async () => {
  expect(await post('{"a":"5","b":[null,4.000],"__proto__":1}')).toEqual([200, JSON.parse('{"a":"5","b":[null,4],"__proto__":1}')]);
  expect(await post('[]', { 'content-type': 'application/json; charset="UTF-8"' })).toEqual([200, []]);
});

test('bytes are counted without a server too, also when the length lies or is absent', async () => {
  expect(await post(`"${'x'.repeat(98)}"`)).toEqual([200, 'x'.repeat(98)]);
  expect(await post(`"${'x'.repeat(99)}"`)).toEqual([413, 'too_large']);
  expect(await post(stream(200, new Uint8Array([32])))).toEqual([413, 'too_large']);
  expect(await post(stream(2, new Uint8Array(80).fill(32)), { 'content-length': '10' })).toEqual([413, 'too_large']);
  expect(await post('{}', { 'content-length': '1000' })).toEqual([413, 'too_large']);
});

test('a body without end is not read to its end', async () => {
  const pulled = { count: 0 };
  expect(await post(stream(1_000_000, new Uint8Array(1024 * 1024), pulled))).toEqual([413, 'too_large']);
  expect(pulled.count).toBeLessThan(30);
});

test('what is not JSON is a 400', async () => {
  const deep = '['.repeat(100);
  for (const body of ['', '{', '{"a":}', "{'a':1}", 'NaN', deep, new Uint8Array([0x22, 0xff, 0x22])]) {
    expect([body, ...(await post(body))]).toEqual([body, 400, 'invalid_document']);
  }
  expect(await post(null)).toEqual([400, 'invalid_document']);
});

test('a million nested brackets are refused, not a crash', async () => {
  const request = new Request('http://localhost/', { method: 'POST', body: '['.repeat(1_000_000), headers: { 'content-type': 'application/json' } });
  const outcome = await readJson(request, { maxBytes: 1 << 20 }).catch((err: unknown) => err);
  expect(outcome).toBeInstanceOf(ViceError);
});

test('only JSON in UTF-8 is read, not what a foreign web page can send unasked', async () => {
  const others = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json; charset=latin1', ''];
  for (const type of others) expect([type, ...(await post('{}', { 'content-type': type }))]).toEqual([type, 415, 'unsupported_media_type']);
  expect(await post('{}', { 'content-encoding': 'gzip' })).toEqual([415, 'unsupported_media_type']);
  expect(await post('{}', { 'content-type': 'application/merge-patch+json' })).toEqual([200, {}]);
});

test('a body that breaks off is a 400', async () => {
  const broken = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array([0x7b]));
      controller.error(new Error('connection reset'));
    },
  });
  expect(await post(broken)).toEqual([400, 'invalid_document']);
});
