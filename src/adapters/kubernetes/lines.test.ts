import { expect, test } from 'bun:test';
import { linesOf } from './lines.ts';

async function* chunks(...parts: readonly Uint8Array[]) {
  yield* parts;
}

async function lines(...parts: readonly (string | Uint8Array)[]): Promise<string[]> {
  const bytes = parts.map((part) => (typeof part === 'string' ? new TextEncoder().encode(part) : part));
  return Array.fromAsync(linesOf(chunks(...bytes)));
}

test('lines are whole however the connection cuts them', async () => {
  expect(await lines('{"a":1}\n{"b"', ':2}\n\n{"c":3}\n')).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
});

test('a character that lies in two chunks stays one', async () => {
  const bytes = new TextEncoder().encode('ü\n');
  expect(await lines(bytes.slice(0, 1), bytes.slice(1))).toEqual(['ü']);
});

test('half a line at the end of a broken connection is dropped', async () => {
  expect(await lines('{"a":1}\n{"b":')).toEqual(['{"a":1}']);
});
