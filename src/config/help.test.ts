import { expect, test } from 'bun:test';
import { commandGroups, singleCommands } from './client/all-commands.ts';
import { cliReference } from './client/reference.ts';
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

const clientCommands = [...singleCommands, ...commandGroups.flatMap(({ commands: members }) => members)];

test('help and reference tell of every command for people, and of all its flags', () => {
  const reference = cliReference();
  for (const { summary } of commandGroups) expect(overview()).toContain(`  ${summary}\n`);
  for (const { name, options, summary } of clientCommands) {
    const [first = '', second] = name.split(' ');
    expect(second === undefined ? overview() : helpPage(first)).toContain(summary);
    expect(reference).toContain(`### vice ${name}\n`);
    for (const { flag } of Object.values(options)) expect([helpPage(name), reference]).toEqual(Array(2).fill(expect.stringContaining(`--${flag}`)));
  }
});

test('no two options of a mode share a flag, a key or a variable', () => {
  for (const { name, options } of [...modes, ...commands, ...clientCommands]) {
    const flags = Object.values(options).flatMap(({ flag, short }) => [flag, short].filter((one) => one !== undefined));
    const variables = Object.values(options).map(({ key }) => key.replace(/[.-]/g, '_').toUpperCase());
    expect([name, new Set(flags).size, new Set(variables).size]).toEqual([name, flags.length, variables.length]);
  }
});

test('a page shows examples that start with the program or a variable for it', () => {
  for (const { name, examples } of [...modes, ...commands, ...clientCommands]) {
    expect(examples.length).toBeGreaterThan(0);
    for (const [, command] of examples) expect([name, command]).toEqual([name, expect.stringContaining('vice ')]);
  }
});

test('a topic that does not exist has no page', () => {
  expect(helpPage('constructor')).toBeUndefined();
});

test('in a narrow terminal no flag and nothing that is said of one is broken by it', () => {
  const pages = [...modes, ...commands, ...commandGroups, ...clientCommands].map(({ name }) => helpPage(name, 80) ?? '');
  for (const page of [overview(80), ...pages]) {
    const said = page.split(/^(?:Keys|Examples|Where|Exit)/m)[0] ?? '';
    expect(said.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});
