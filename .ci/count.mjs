// Adds up reports in JUnit's form: `node .ci/count.mjs OTHER_FAILURES FILE ...`, where OTHER_FAILURES names, with spaces between, the steps that
// failed otherwise than by a test of their report. Every test that did not pass is named at the end, where the tail of a long log still has it;
// the last line is `N passed, N failed`. Exits 1 if anything failed.
import { existsSync, readFileSync } from 'node:fs';

const [others = '', ...files] = process.argv.slice(2);
const steps = others.split(' ').filter(Boolean);
for (const step of steps) say(`failed: step ${step} (not by a test of its report; see its part of the log)`);
let passed = 0;
let failed = steps.length;

for (const file of files) {
  const report = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const head = /<testsuites[^>]*>/.exec(report)?.[0] ?? '';
  const count = (name) => Number(attribute(head, name) || 0);
  if (count('tests') === 0) {
    failed += 1;
    say(`failed: ${file}: no report of any test`);
    continue;
  }
  const bad = count('failures') + count('errors') + count('skipped');
  failed += bad;
  passed += count('tests') - bad;
  for (const line of notPassed(report)) say(line);
}
say(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** A line for each test that failed or was skipped. Bun gives the describe blocks innermost first, and no message with a skipped test. */
function notPassed(report) {
  return [...report.matchAll(/<testcase\s([^>]*[^/>])>([\s\S]*?)<\/testcase>/g)].map(([, attributes, body]) => {
    const [, what = 'failed', of = ''] = /<(failure|error|skipped)\b([^>]*)>/.exec(body) ?? [];
    const path = [attribute(attributes, 'file'), ...attribute(attributes, 'classname').split(' > ').reverse(), attribute(attributes, 'name')];
    const reason = attribute(of, 'message').split('\n').filter(Boolean).slice(0, 3).join(' · ').slice(0, 300);
    return `${what === 'skipped' ? 'skipped' : 'failed'}: ${path.filter(Boolean).join(' > ')}${reason && `: ${reason}`}`;
  });
}

function attribute(text, name) {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '';
  const signs = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return value.replace(/&(?:#(\d+)|(\w+));/g, (all, code, sign) => (code ? String.fromCodePoint(Number(code)) : (signs[sign] ?? all)));
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
