import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type IForbiddenRuleType } from 'dependency-cruiser';

const repository = join(import.meta.dir, '..');

const base = ['schema', 'errors'];
const pure = ['spec-builder', 'cluster-selector', 'quota', 'pki'];
const core = ['cluster-registry', 'coordinator', 'deployer'];

/** Who may import whom in `src`, besides itself: the lower ranks, and nobody of the own rank. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  errors: [],
  ...Object.fromEntries(pure.map((folder) => [folder, base])),
  ...Object.fromEntries(core.map((folder) => [folder, [...base, ...pure]])),
  ...Object.fromEntries(['adapters', 'http', 'lambda'].map((folder) => [folder, [...base, ...pure, ...core]])),
  config: base,
  demo: [...base, ...pure, ...core],
  // A client of the API, which shares nothing with the servers it tries but the schemas.
  conformance: [...base, ...pure],
  // A command wires itself, as a mode does.
  cli: [...base, ...pure, ...core, 'adapters', 'config', 'conformance'],
  modes: [...base, ...pure, ...core, 'adapters', 'http', 'lambda', 'cli', 'config', 'demo'],
};

// A pure folder has no clock, no random, no input or output; a hash is none of these.
const PURE_PACKAGES = '^(node:crypto|crypto)$|node_modules/(@sinclair/typebox|unidecode|canonicalize|kubernetes-types)/';

const source = (folders: readonly string[]) => `^src/(${folders.join('|')})/`;
const notTests = { pathNot: '\\.test\\.ts$' };

function rules(): IForbiddenRuleType[] {
  const folders = Object.entries(mayImport).map(([folder, allowed]): IForbiddenRuleType => {
    const reachable = [folder, ...allowed];
    // Of the pure folders, `config` may name the types that it fills.
    const isTypeOnly = folder === 'config' ? { dependencyTypesNot: ['type-only' as const] } : {};
    return {
      name: `${folder} imports down`,
      severity: 'error',
      from: { path: source([folder]), ...notTests },
      to: { path: '^src/', pathNot: source(reachable), ...isTypeOnly },
    };
  });
  const siblings = ['adapters', 'http'].map(
    (folder): IForbiddenRuleType => ({
      name: `parts of ${folder} stand alone`,
      severity: 'error',
      from: { path: `^src/${folder}/([^/]+)/`, ...notTests },
      to: { path: `^src/${folder}/`, pathNot: `^src/${folder}/($1|plumbing)/` },
    }),
  );
  return [
    ...folders,
    ...siblings,
    { name: 'no cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure folders do nothing',
      severity: 'error',
      from: { path: source(pure), ...notTests },
      to: { pathNot: ['^src/', PURE_PACKAGES], dependencyTypesNot: ['type-only'] },
    },
    { name: 'nothing resolves to nothing', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^bun(:|$)' } },
    {
      name: 'the demo stays out of production',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(demo|modes/demo)', '\\.test\\.ts$'] },
      to: { path: '^src/(demo/|modes/demo)' },
    },
    {
      name: 'sources do not import tests',
      severity: 'error',
      from: { path: '^src/', ...notTests },
      to: { path: ['^(test|bench|\\.ci)/', '\\.test\\.ts$'] },
    },
    {
      name: 'only config and cli know commander',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(config|cli)/' },
      to: { path: 'node_modules/commander/' },
    },
    {
      name: 'development packages stay out of production',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/demo/', '\\.test\\.ts$'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ];
}

/** Every breach of the layers, and how many modules were read. A checker that reads nothing finds nothing: that is a breach too. */
export async function checkLayers(root = repository): Promise<{ readonly breaches: readonly string[]; readonly modules: number }> {
  const onDisk = modulesOnDisk(root, 'src');
  const { output } = await cruise(
    ['src'],
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: rules() },
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '^test/cluster/(bin|run)' },
    },
    { extensions: ['.ts', '.d.ts', '.mjs', '.js', '.json'], conditionNames: ['bun', 'import', 'types', 'default'], exportsFields: ['exports'] },
  );
  if (typeof output === 'string') throw new Error('cannot happen: no reporter was asked for');
  const read = new Set(output.modules.map(({ source: path }) => path));
  const unread = read.size === 0 ? ['no module was read'] : onDisk.filter((path) => !read.has(path)).map((path) => `${path} was not read`);
  const broken = output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
  return { breaches: [...unread, ...broken], modules: onDisk.length };
}

function modulesOnDisk(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`);
}
