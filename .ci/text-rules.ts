import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dir, '..');

interface TextRule {
  readonly says: string;
  readonly appliesTo: (path: string) => boolean;
  readonly isBroken: (text: string) => boolean;
}

// The programs that the environment is given to; they hand it on.
const PROGRAMS = ['src/main.ts', 'src/modes/demo.ts'];
const LONGEST = 250;
// A test file is a list, which needs less to be held in mind than code.
const LONGEST_TEST = 450;

const linesOf = (text: string) => text.split('\n').length - 1;
const isTest = (path: string) => path.endsWith('.test.ts');
const isPure = (path: string) => /^src\/(spec-builder|cluster-selector|quota|pki)\//.test(path) && !isTest(path);

/** What neither the compiler nor an import shows. */
const rules: readonly TextRule[] = [
  {
    says: 'only config reads the environment',
    appliesTo: (path) => path.startsWith('src/') && !path.startsWith('src/config/') && !PROGRAMS.includes(path) && !isTest(path),
    isBroken: (text) => /\b(process|Bun)\.env\b/.test(text),
  },
  {
    says: 'pure folders have no clock, no random and no effect',
    appliesTo: isPure,
    isBroken: (text) => /\b(Date\.now|new Date\(\)|Math\.random|crypto\.random\w+|performance\.|process\.|Bun\.|fetch\()/.test(text),
  },
  {
    says: 'the log and the standard streams are written to, not the console',
    appliesTo: (path) => path.startsWith('src/') && !isTest(path),
    isBroken: (text) => /\bconsole\.\w+\(/.test(text),
  },
  { says: `no file is longer than ${LONGEST} lines`, appliesTo: (path) => !isTest(path), isBroken: (text) => linesOf(text) > LONGEST },
  { says: `no test file is longer than ${LONGEST_TEST} lines`, appliesTo: isTest, isBroken: (text) => linesOf(text) > LONGEST_TEST },
  { says: 'every test runs', appliesTo: isTest, isBroken: (text) => /\b(test|describe|group|it)\.(skip|only|todo|failing)\b/.test(text) },
];

/** Every file of ours that breaks a rule. Reading none is a breach. */
export function checkText(): { readonly breaches: readonly string[]; readonly files: number } {
  const files = ['src', 'test', 'bench', '.ci'].flatMap(sourcesIn);
  const breaches = files.flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return rules.filter(({ appliesTo, isBroken }) => appliesTo(path) && isBroken(text)).map(({ says }) => `${says}: ${path}`);
  });
  return { breaches: files.length === 0 ? ['no file was read'] : breaches, files: files.length };
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/(^|\/)(bin|run)\//.test(path))
    .map((path) => `${folder}/${path}`);
}
