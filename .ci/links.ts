import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const repository = join(import.meta.dir, '..');
const FOLDERS = ['docs', 'src', 'test', 'bench', 'deploy', '.ci'];
const LONGEST_README = 200;
const ADR_INDEX = 'docs/adr/README.md';

/**
 * What is wrong with the pages: relative links and anchors that lead nowhere, names of pages in texts and sources that are not there, pages that no link
 * leads to from the README, and decision records with one number.
 */
export function checkLinks(root = repository): { readonly breaches: readonly string[]; readonly links: number } {
  const tree = treeAt(root);
  const files = ['README.md', 'CHANGELOG.md', ...FOLDERS.flatMap(tree.filesIn)];
  const pages = files.filter((path) => path.endsWith('.md'));
  const links = new Map(pages.map((page) => [page, linksOf(tree, page)]));
  const found = [...links.values()].flat();
  const breaches = [
    ...found.filter(({ to, anchor }) => !leadsSomewhere(tree, to, anchor)).map(({ from, text }) => `${from}: ${text} leads nowhere`),
    ...files.filter((path) => !path.endsWith('.test.ts')).flatMap((path) => namesOfMissingPages(tree, path)),
    ...pages.filter((page) => !reachedFrom('README.md', links).has(page)).map((page) => `${page}: no link leads there from README.md`),
    ...recordsWithOneNumber(tree, pages),
    ...(tree.read('README.md').split('\n').length > LONGEST_README ? [`README.md: has more than ${LONGEST_README} lines`] : []),
  ];
  return { breaches: found.length === 0 ? ['no link was read'] : breaches, links: found.length };
}

interface Link {
  readonly from: string;
  /** As it stands there. */
  readonly text: string;
  /** Path from the root of the repository. */
  readonly to: string;
  readonly anchor: string | undefined;
}

/** Links to other sites are not followed: nothing here needs a network. */
function linksOf({ read }: Tree, page: string): readonly Link[] {
  const targets = [...withoutCode(read(page)).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((text) => {
      const [path = '', anchor] = text.split('#');
      return { from: page, text, to: path === '' ? page : normalize(join(dirname(page), path)), anchor };
    });
}

function leadsSomewhere(tree: Tree, to: string, anchor: string | undefined): boolean {
  if (to.startsWith('..') || !tree.has(to)) return false;
  return anchor === undefined || (to.endsWith('.md') && anchorsOf(tree, to).has(anchor));
}

/** Of every heading, as GitHub makes them: the second of one name ends in `-1`. */
function anchorsOf({ read }: Tree, page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutFences(read(page)).matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

function namesOfMissingPages({ read, has }: Tree, path: string): readonly string[] {
  const names = [...read(path).matchAll(/\bdocs\/(?:adr|reference|runbooks)\/[\w-]+\.(?:md|json)\b/g)].map(([name]) => name);
  return names.filter((name) => !has(name)).map((name) => `${path}: names ${name}, which is not there`);
}

/** A link to a folder shows the page README.md of it. */
function reachedFrom(page: string, links: ReadonlyMap<string, readonly Link[]>, reached = new Set<string>()): ReadonlySet<string> {
  if (reached.has(page)) return reached;
  reached.add(page);
  for (const { to } of links.get(page) ?? []) reachedFrom(to.endsWith('.md') ? to : join(to, 'README.md'), links, reached);
  return reached;
}

function recordsWithOneNumber({ read }: Tree, pages: readonly string[]): readonly string[] {
  const records = pages.filter((page) => page.startsWith('docs/adr/') && page !== ADR_INDEX);
  const number = (page: string) => relative('docs/adr', page).slice(0, 4);
  const misnamed = records
    .filter((page) => !read(page).startsWith(`# ${Number(number(page))}. `))
    .map((page) => `${page}: its title has not its number`);
  const twice = records.filter((page, i) => records.findIndex((other) => number(other) === number(page)) !== i);
  return [...misnamed, ...twice.map((page) => `${page}: another decision record has its number`)];
}

const withoutFences = (text: string) => text.replace(/^(```|~~~).*?^\1/gms, '');
const withoutCode = (text: string) => withoutFences(text).replace(/`[^`\n]+`/g, '');

interface Tree {
  read(path: string): string;
  has(path: string): boolean;
  /** Texts that may name pages. */
  filesIn(folder: string): readonly string[];
}

function treeAt(root: string): Tree {
  return {
    read: (path) => readFileSync(join(root, path), 'utf8'),
    has: (path) => existsSync(join(root, path)),
    filesIn: (folder) =>
      existsSync(join(root, folder))
        ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
            .filter((path) => /\.(ts|mjs|md|yaml)$/.test(path) && !/(^|\/)(bin|run|node_modules)\//.test(path))
            .map((path) => `${folder}/${path}`)
        : [],
  };
}
