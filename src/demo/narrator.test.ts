import { expect, test } from 'bun:test';
import { createNarrator, isColourWanted } from './narrator.ts';

function told(isColoured: boolean): string {
  const parts: string[] = [];
  let now = 0;
  const narrator = createNarrator({ write: (part) => void parts.push(part), isColoured, now: () => now });
  narrator.title('vice demo');
  now = 1234;
  narrator.step('coordinator', 'http://127.0.0.1:1', 'more');
  narrator.failure('it broke');
  narrator.section('End it', 'curl');
  narrator.step('exit', 'one');
  return parts.join('');
}

test('steps are aligned, with the time since the start', () => {
  expect(told(false)).toBe(`
  vice demo

  1.2 s  coordinator  http://127.0.0.1:1
                      more
  1.2 s  failed       it broke

  End it
    curl

  1.2 s  exit         one
`);
});

test('colours change nothing of the text', () => {
  const coloured = told(true);
  expect(coloured).toContain('\x1b[');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  expect(coloured.replaceAll(/\x1b\[\d+m/g, '')).toBe(told(false));
});

test('colours are for terminals of people who did not refuse them', () => {
  expect(isColourWanted({}, true)).toBe(true);
  expect(isColourWanted({}, false)).toBe(false);
  expect(isColourWanted({ NO_COLOR: '1' }, true)).toBe(false);
  expect(isColourWanted({ NO_COLOR: '' }, true)).toBe(true);
  expect(isColourWanted({ TERM: 'dumb' }, true)).toBe(false);
});
