// `npm test [-- flags and files of bun test]`: everything that needs no cluster binaries, or only the files that are named.
import { join } from 'node:path';
import { junitFlags } from '../test/support/junit.ts';

const everything = ['./src', './test/golden', './test/hostile', './test/contract', './test/integration'];
const given = process.argv.slice(2);
const isNamed = given.some((argument) => !argument.startsWith('-'));

const tests = Bun.spawn(
  // Longer than any test takes that is well, and than the bound of any wait, since machines differ and the wait says what it waited for.
  [process.execPath, 'test', '--timeout=120000', ...junitFlags(process.env), ...given, ...(isNamed ? [] : everything)],
  { cwd: join(import.meta.dir, '..'), stdio: ['ignore', 'inherit', 'inherit'] },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => tests.kill(signal));
process.exit((await tests.exited) || (tests.signalCode === null ? 0 : 1));
