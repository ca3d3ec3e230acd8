import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dir, '..');

/** Licences that allow shipping the code in our binary with nothing but a notice. */
const ALLOWED = [
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'MIT-0',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
  'Python-2.0',
  'PSF-2.0',
];

/** Packages whose package.json says nothing that a program understands, looked up by a person. */
const LOOKED_UP: Readonly<Record<string, string>> = { unidecode: 'BSD-3-Clause' };

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** Every package that the dependencies of this project bring along, and those whose licence is not on the list. */
export function checkLicences(): { readonly breaches: readonly string[]; readonly packages: number } {
  const packages = shippedPackages();
  const breaches = packages
    .filter(({ licence }) => !isAllowed(licence))
    .map(({ name, version, licence }) => `${name} ${version}: ${licence === '' ? 'no licence' : licence}`);
  return { breaches: packages.length === 0 ? ['no package was read'] : breaches, packages: packages.length };
}

/** `(MIT OR GPL-3.0)` is a choice, `MIT AND ISC` both at once. */
function isAllowed(licence: string): boolean {
  const alternatives = licence.replace(/[()]/g, '').split(/ OR /i);
  return alternatives.some((alternative) => alternative.split(/ AND /i).every((id) => ALLOWED.includes(id.trim())));
}

function shippedPackages(): readonly Package[] {
  const found = new Map<string, Package>();
  const visit = (folder: string): void => {
    const manifest: Record<string, unknown> = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (folder !== root) {
      if (found.has(folder)) return;
      const name = String(manifest['name']);
      found.set(folder, { name, version: String(manifest['version']), licence: LOOKED_UP[name] ?? licenceOf(manifest) });
    }
    for (const dependency of Object.keys(Object(manifest['dependencies']))) {
      const next = locate(dependency, folder);
      if (next !== undefined) visit(next);
    }
  };
  visit(root);
  return [...found.values()];
}

/** As Node finds it: in the nearest `node_modules` upwards. */
function locate(dependency: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', dependency);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === root || folder === dirname(folder)) return undefined;
  }
}

function licenceOf({ license, licenses }: Record<string, unknown>): string {
  if (typeof license === 'string') return license;
  const [first] = Array.isArray(licenses) ? licenses : [license];
  return String(Object(first).type ?? '');
}
