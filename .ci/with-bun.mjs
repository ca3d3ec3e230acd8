// Runs Bun, of the version that package.json pins, with the given arguments. Installs it and the packages first where they are
// missing, so that every npm script works in a fresh clone with nothing but Node and npm. Plain Node: it runs before Bun exists.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.bun;
const platform = `${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`;
const tools = join(root, '.tools');
const bun = join(tools, 'node_modules', '@oven', `bun-${platform}`, 'bin', 'bun');

function run(command, args, what) {
  const started = Date.now();
  process.stderr.write(`vice: ${what} ...`);
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', timeout: 300_000 });
  if (status !== 0) {
    process.stderr.write(` failed\n${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
    process.stderr.write('vice: a package registry must be reachable (npm ping); then run the same command again\n');
    process.exit(1);
  }
  process.stderr.write(` ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function installedVersion() {
  if (!existsSync(bun)) return undefined;
  return spawnSync(bun, ['--version'], { encoding: 'utf8' }).stdout?.trim();
}

if (installedVersion() !== version) {
  run(
    'npm',
    ['install', '--prefix', tools, '--no-save', '--no-package-lock', '--ignore-scripts', `@oven/bun-${platform}@${version}`],
    `installing Bun ${version}`,
  );
}

const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package.json')))
  .update(readFileSync(join(root, 'bun.lock')))
  .digest('hex');
const stamp = join(root, 'node_modules', '.vice-installed');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  run(bun, ['install', '--frozen-lockfile'], 'installing packages');
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

const child = spawn(bun, process.argv.slice(2), {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(bun)}:${process.env.PATH}` },
});
// A terminal sends Ctrl-C to the whole group; a supervisor sends SIGTERM to this process alone. Either way the child ends first.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
