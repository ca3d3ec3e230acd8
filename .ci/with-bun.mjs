// Runs Bun, of the version that package.json pins, with the given arguments. Installs it and the packages first where they are
// missing, so that every npm script works in a fresh clone with nothing but Node and npm. Plain Node: it runs before Bun exists.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.bun;
const isMusl = process.platform === 'linux' && process.report?.getReport().header.glibcVersionRuntime === undefined;
const platform = `${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}${isMusl ? '-musl' : ''}`;
const tools = join(root, '.tools');
const bun = join(tools, 'node_modules', '@oven', `bun-${platform}`, 'bin', 'bun');
const stamp = join(root, 'node_modules', '.vice-installed');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package.json')))
  .update(readFileSync(join(root, 'bun.lock')))
  .digest('hex');

const hasBun = () => existsSync(bun) && spawnSync(bun, ['--version'], { encoding: 'utf8' }).stdout?.trim() === version;
// Written last, so that an installation that was interrupted is done again.
const hasPackages = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;

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

/** Two commands in a fresh clone must not install over each other. The lock of a process that has died is taken over. */
function withLock(action) {
  const lock = join(tools, 'install.lock');
  const owner = join(lock, 'pid');
  mkdirSync(tools, { recursive: true });
  for (let waited = 0; ; waited += 200) {
    try {
      mkdirSync(lock);
      break;
    } catch (err) {
      if (err.code !== 'EEXIST') throw err;
    }
    if (!isAlive(owner, waited) || waited > 600_000) rmSync(lock, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  writeFileSync(owner, String(process.pid));
  const unlock = () => rmSync(lock, { recursive: true, force: true });
  process.once('exit', unlock);
  action();
  process.off('exit', unlock);
  unlock();
}

function isAlive(owner, waited) {
  try {
    process.kill(Number(readFileSync(owner, 'utf8')) || -1, 0);
    return true;
  } catch (err) {
    // Between the making of the lock and the writing of its owner there is a moment without one.
    return err.code === 'EPERM' || (err.code === 'ENOENT' && waited < 2000);
  }
}

if (!hasBun() || !hasPackages()) {
  withLock(() => {
    const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
    if (!hasBun()) run('npm', ['install', '--prefix', tools, ...quiet, `@oven/bun-${platform}@${version}`], `installing Bun ${version}`);
    if (hasPackages()) return;
    run(bun, ['install', '--frozen-lockfile'], 'installing packages');
    writeFileSync(stamp, wanted);
  });
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
