// Builds `dist/vice`, the one binary. `--if-stale`: only when a source is newer than it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dir, '..');
const target = join(root, 'dist', 'vice');

function newest(path: string): number {
  const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
  const entries = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(path) : [];
  return Math.max(mtimeMs, ...entries.map((entry) => newest(join(path, entry))));
}

function isFresh(): boolean {
  const built = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return ['src', 'migrations', 'deploy/deployer/rbac.yaml', 'package.json', 'bun.lock', 'tsconfig.json'].every(
    (source) => newest(join(root, source)) < built,
  );
}

function commit(): string {
  const given = process.env['VICE_COMMIT'];
  if (given) return given;
  const git = Bun.spawnSync(['git', 'rev-parse', '--short', 'HEAD'], { cwd: root, stderr: 'ignore' });
  return git.success ? git.stdout.toString().trim() : 'unknown commit';
}

function build(): void {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  mkdirSync(join(root, 'dist'), { recursive: true });
  // Aside first, so that two builds at once, or a build beside a running test, never show half a binary.
  const folder = mkdtempSync(join(root, 'dist', 'build-'));
  const outfile = join(folder, 'vice');
  const flags = ['--minify', '--keep-names', '--bytecode', '--splitting', '--format=esm', '--sourcemap'];
  // Without these the binary would run a `preload` of whatever bunfig.toml lies where it is started, and read its .env.
  const hermetic = ['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'];
  const defines = [`VICE_VERSION=${JSON.stringify(version)}`, `VICE_COMMIT=${JSON.stringify(commit())}`].flatMap((define) => ['--define', define]);
  const started = performance.now();
  const command = [process.execPath, 'build', '--compile', ...flags, ...hermetic, ...defines, `--outfile=${outfile}`, join(root, 'src', 'main.ts')];
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: root });
  if (exitCode !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    rmSync(folder, { recursive: true });
    process.exit(1);
  }
  renameSync(outfile, target);
  rmSync(folder, { recursive: true });
  const megabytes = (statSync(target).size / 1e6).toFixed(1);
  process.stdout.write(`dist/vice  ${megabytes} MB  ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

if (!process.argv.includes('--if-stale') || !isFresh()) build();
