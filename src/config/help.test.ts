import { expect, test } from 'bun:test';
import { helpPage, overview } from './help.ts';
import { flagsReference } from './reference.ts';
import { commands, modes } from './topics.ts';

test('help and reference tell of every flag and every key', () => {
  const reference = flagsReference();
  for (const { name, options } of [...modes, ...commands]) {
    const page = helpPage(name) ?? '';
    expect(overview()).toContain(name);
    for (const { flag, key, help } of Object.values(options)) {
      expect(page).toContain(flag === undefined ? key : `--${flag}`);
      expect(reference).toContain(flag === undefined ? `\`${key}\`` : `\`--${flag}\``);
      expect(reference).toContain(help);
    }
  }
});

test('no two options of a mode share a flag, a key or a variable', () => {
  for (const { name, options } of [...modes, ...commands]) {
    const flags = Object.values(options).flatMap(({ flag, short }) => [flag, short].filter((one) => one !== undefined));
    const variables = Object.values(options).map(({ key }) => key.replace(/[.-]/g, '_').toUpperCase());
    expect([name, new Set(flags).size, new Set(variables).size]).toEqual([name, flags.length, variables.length]);
  }
});

test('a page shows examples that start with the program or a variable for it', () => {
  for (const { name, examples } of [...modes, ...commands]) {
    expect(examples.length).toBeGreaterThan(0);
    for (const [, command] of examples) expect([name, command]).toEqual([name, expect.stringContaining('vice ')]);
  }
});

test('a topic that does not exist has no page', () => {
  expect(helpPage('constructor')).toBeUndefined();
});
