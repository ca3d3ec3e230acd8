import { expect, test } from 'bun:test';
import { connect } from 'node:net';
import { jsonListResponse } from './json-response.ts';

const MANY = 100_000;

function cutBy(err: unknown): never {
  throw err;
}

/** Items of which it is counted how many were made, and known when nobody wants more. */
function countedItems() {
  const ended = Promise.withResolvers<void>();
  const counted = { made: 0, ended: ended.promise };
  function* items() {
    try {
      for (let number = 0; number < MANY; number += 1) {
        counted.made += 1;
        yield { number, text: 'x'.repeat(1_000) };
      }
    } finally {
      ended.resolve();
    }
  }
  return { counted, items: items() };
}

test('a list is one JSON document, however many items it has', async () => {
  for (const count of [0, 1, 49, 50, 51, 1_000]) {
    const items = Array.from({ length: count }, (_, number) => ({ number }));
    const response = jsonListResponse({ revision: 'here.1', removed: [] }, 'items', items.values(), cutBy);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ revision: 'here.1', removed: [], items });
  }
});

test('items are made as the reader takes them, and none when it has left', async () => {
  const { counted, items } = countedItems();
  const reader = jsonListResponse({}, 'items', items, cutBy).body?.getReader();
  expect(counted.made).toBe(0);
  await reader?.read();
  await reader?.read();
  const { made } = counted;
  expect(made).toBeLessThan(200);
  await reader?.cancel();
  await counted.ended;
  expect(counted.made).toBe(made);
});

test('of a connection that is not read and then closed most is never made', async () => {
  const { counted, items } = countedItems();
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => jsonListResponse({}, 'items', items, cutBy) });
  const socket = connect(server.port ?? 0, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
  socket.once('readable', () => socket.destroy());
  await counted.ended;
  expect(counted.made).toBeLessThan(MANY);
  await server.stop(true);
});
