// Starts two clusters, runs the tests of this folder against them, and stops the clusters however the run ends.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildControlPlane } from './build.ts';
import { clustersOf, environmentOf, type TestCluster } from './clusters.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';

const usage = `npm run test:cluster -- [options] [test file ...]

  Runs test/cluster/*.test.ts, or the files named, against two Kubernetes clusters.

  --kubeconfig PATH   use this cluster instead of starting one; give it twice (or set VICE_TEST_KUBECONFIGS=a:b). It needs
                      the namespace vice-apps, a provisioner for StorageClass openebs-hostpath and nodes labelled analysis=true
  --serve             start the clusters, print how to use them, and wait for Ctrl-C
  --keep              leave the folder with logs and data
  --help
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kubeconfig: { type: 'string', multiple: true, default: [] },
    serve: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const interrupted = new AbortController();
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => interrupted.abort(code));
}

process.exitCode = values.help ? printUsage() : await main();

function printUsage(): number {
  process.stdout.write(usage);
  return 0;
}

async function main(): Promise<number> {
  const named =
    values.kubeconfig.length > 0 ? values.kubeconfig.map((kubeconfig, n) => ({ name: `cluster-${n + 1}`, kubeconfig })) : clustersOf(process.env);
  if (named.length > 0) return runTests(named);
  try {
    await buildControlPlane();
  } catch (err) {
    say(err instanceof Error ? err.message : String(err));
    return 1;
  }
  return withClusters(['cluster-1', 'cluster-2'], values.serve ? serve : runTests);
}

async function withClusters(names: readonly string[], use: (clusters: readonly TestCluster[]) => Promise<number>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'vice-clusters-'));
  const started = performance.now();
  const starting = names.map((name) => startControlPlane({ name, folder: join(folder, name) }));
  const results = await Promise.allSettled(starting);
  const clusters = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
    if (failures.length > 0) {
      say(failures.join('\n'));
      return 1;
    }
    say(`${names.join(' and ')} ready after ${((performance.now() - started) / 1000).toFixed(1)} s in ${folder}`);
    return await use(clusters);
  } finally {
    await Promise.all(clusters.map((cluster: ControlPlane) => cluster.stop()));
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

async function runTests(clusters: readonly TestCluster[]): Promise<number> {
  if (interrupted.signal.aborted) return interrupted.signal.reason;
  const files = positionals.length > 0 ? positionals : ['./test/cluster'];
  const tests = Bun.spawn([process.execPath, 'test', ...files], {
    cwd: join(import.meta.dir, '..', '..'),
    env: { ...process.env, ...environmentOf(clusters) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const stopTests = () => tests.kill('SIGTERM');
  interrupted.signal.addEventListener('abort', stopTests);
  const code = await tests.exited;
  return interrupted.signal.aborted ? interrupted.signal.reason : code;
}

async function serve(clusters: readonly TestCluster[]): Promise<number> {
  for (const [name, value] of Object.entries(environmentOf(clusters))) process.stdout.write(`export ${name}=${value}\n`);
  for (const { kubeconfig } of clusters) process.stdout.write(`kubectl --kubeconfig ${kubeconfig} get nodes\n`);
  if (!interrupted.signal.aborted) await new Promise((resolve) => interrupted.signal.addEventListener('abort', resolve));
  return 0;
}

function say(text: string): void {
  process.stderr.write(`test:cluster: ${text}\n`);
}
