// `npm run check`: everything about the sources that needs no test to run. One table at the end; exit code 1 if anything is wrong.
import { join } from 'node:path';
import { checkLayers } from './layers.ts';
import { checkLicences } from './licences.ts';
import { checkLinks } from './links.ts';
import { checkReference } from './reference.ts';
import { checkText } from './text-rules.ts';

interface Outcome {
  readonly breaches: readonly string[];
  /** What was looked at, for the table. */
  readonly scope: string;
}

const root = join(import.meta.dir, '..');
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const SLOWEST_MS = 300_000;

async function program(args: readonly string[], scope: string): Promise<Outcome> {
  const child = Bun.spawn([process.execPath, ...args], { cwd: root, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe', timeout: SLOWEST_MS });
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { scope, breaches: code === 0 ? [] : [`${out}${err}`.trim() || `ended with ${code ?? child.signalCode}`] };
}

const steps: Readonly<Record<string, () => Promise<Outcome>>> = {
  types: () => program(['check', '--no-script', '--no-pretty', '-p', '.'], 'bun check, strict'),
  lint: () => program([bin('biome'), 'ci', '--error-on-warnings', '--colors=off', '.'], 'biome: rules and format'),
  layers: async () => {
    const { breaches, modules } = await checkLayers();
    return { breaches, scope: `${modules} modules: who imports whom` };
  },
  'text rules': () => {
    const { breaches, files } = checkText();
    return Promise.resolve({ breaches, scope: `${files} files: environment, purity, length` });
  },
  links: () => {
    const { breaches, links } = checkLinks();
    return Promise.resolve({ breaches, scope: `${links} links between pages` });
  },
  'dead code': () => program([bin('knip'), '--no-progress', '--treat-config-hints-as-errors'], 'knip: files, exports, packages'),
  licences: async () => {
    const { breaches, packages } = checkLicences();
    return { breaches, scope: `${packages} packages that are shipped` };
  },
  reference: async () => {
    const { breaches, pages } = await checkReference();
    return { breaches, scope: `${pages} pages made from the code` };
  },
};

const rows: string[] = [];
let wrong = 0;
for (const [name, step] of Object.entries(steps)) {
  const started = performance.now();
  const { breaches, scope } = await step().catch((err: unknown): Outcome => ({ breaches: [String(err)], scope: 'could not be checked' }));
  if (breaches.length > 0) wrong++;
  for (const breach of breaches) process.stdout.write(`${name}: ${breach}\n`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  rows.push(`${breaches.length === 0 ? 'ok   ' : 'WRONG'}  ${name.padEnd(10)}  ${seconds} s  ${scope}`);
}
process.stdout.write(`\n${rows.join('\n')}\n`);
process.exit(wrong === 0 ? 0 : 1);
