import { expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkLinks } from '../../.ci/links.ts';

/** What is wrong with a repository of these pages. */
function breachesIn(pages: Readonly<Record<string, string>>): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'vice-links-'));
  try {
    for (const [path, text] of Object.entries({ 'CHANGELOG.md': '', ...pages })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return checkLinks(root).breaches;
  } finally {
    rmSync(root, { recursive: true });
  }
}

const README = '# vice\n\n[changes](CHANGELOG.md) [a](docs/a.md#what-is-it) [here](#vice)\n';

test('links to pages, to headings and to the page itself lead somewhere; other sites and code are not looked at', () => {
  const page = '## What is `it`?\n\n[site](https://example.org/x) `[x](y.md)`\n```sh\n[z](z.md)\n```\n[up](../README.md)\n';
  expect(breachesIn({ 'README.md': README, 'docs/a.md': page })).toEqual([]);
});

test('a page, a heading or a folder that is not there is told, and so is what lies outside', () => {
  const page = '## What is it\n\n[x](b.md) [y](#where) [z](../../etc/passwd)\n\n## What is it\n\n[second](#what-is-it-1)\n';
  expect(breachesIn({ 'README.md': README, 'docs/a.md': page })).toEqual([
    'docs/a.md: b.md leads nowhere',
    'docs/a.md: #where leads nowhere',
    'docs/a.md: ../../etc/passwd leads nowhere',
  ]);
});

test('a page that nobody is led to, a name of a page that is not there, and a number of two decisions are told', () => {
  const pages = {
    'README.md': `${README}[decisions](docs/adr/)\n`,
    'docs/a.md': '# What is it\n',
    'docs/adr/README.md': '[1](0001-one.md) [2](0001-two.md)\n',
    'docs/adr/0001-one.md': '# 1. One\n',
    'docs/adr/0001-two.md': '# 2. Two\n',
    'docs/lost.md': '',
    'src/a.ts': `// see docs/reference/gone.md\n`,
  };
  expect(breachesIn(pages)).toEqual([
    `src/a.ts: names docs/reference/gone.md, which is not there`,
    'docs/lost.md: no link leads there from README.md',
    'docs/adr/0001-two.md: its title has not its number',
    'docs/adr/0001-two.md: another decision record has its number',
  ]);
});
