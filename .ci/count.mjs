// Adds up reports in JUnit's form: `node .ci/count.mjs EXTRA_FAILURES FILE ...` prints `N passed, N failed` and exits 1 if anything failed.
import { existsSync, readFileSync } from 'node:fs';

const [extra = '0', ...files] = process.argv.slice(2);
let passed = 0;
let failed = Number(extra);
for (const file of files) {
  const head = existsSync(file) ? /<testsuites[^>]*>/.exec(readFileSync(file, 'utf8'))?.[0] : undefined;
  const count = (name) => Number(new RegExp(`\\s${name}="(\\d+)"`).exec(head ?? '')?.[1] ?? 0);
  if (head === undefined || count('tests') === 0) {
    failed += 1;
    process.stdout.write(`${file}: no report of any test\n`);
    continue;
  }
  const bad = count('failures') + count('errors') + count('skipped');
  failed += bad;
  passed += count('tests') - bad;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
