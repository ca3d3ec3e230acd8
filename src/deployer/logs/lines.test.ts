import { expect, test } from 'bun:test';
import { linesOf } from './lines.ts';

async function read(...pieces: readonly (string | Uint8Array)[]): Promise<string[]> {
  async function* bytes() {
    for (const piece of pieces) yield typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
  }
  const all: string[] = [];
  for await (const lines of linesOf(bytes())) all.push(...lines);
  return all;
}

test('lines are the same however the pieces are cut, characters of several bytes too', async () => {
  const text = new TextEncoder().encode('one\n\nzwei – drei\nlast');
  const lines = ['one', '', 'zwei – drei', 'last'];
  expect(await read(text)).toEqual(lines);
  expect(await read(...[...text].map((byte) => new Uint8Array([byte])))).toEqual(lines);
});

test('a log that ends with a newline has no empty last line, and an empty one has none', async () => {
  expect(await read('one\n')).toEqual(['one']);
  expect(await read()).toEqual([]);
});

test('a program that never ends a line is read in pieces of 64 Ki characters', async () => {
  const lines = await read(...Array.from({ length: 10 }, () => 'x'.repeat(20_000)), '\nend');
  expect(lines.map((line) => line.length)).toEqual([65_536, 65_536, 65_536, 200_000 - 3 * 65_536, 3]);
  expect((await read(`${'y'.repeat(70_000)}\nend\n`)).map((line) => line.length)).toEqual([65_536, 70_000 - 65_536, 3]);
});
