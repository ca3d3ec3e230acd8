// Starts two clusters, runs the tests of this folder against them, and stops the clusters however the run ends.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { junitFlags } from '../support/junit.ts';
import { buildControlPlane } from './build.ts';
import { clustersOf, environmentOf, type TestCluster } from './clusters.ts';
import { startControlPlane } from './control-plane.ts';

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

/** Aborted by a signal; the reason is the exit code. */
const interrupted = new AbortController();
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
for (const [name, code] of Object.entries(exitCodes)) process.on(name, () => interrupted.abort(code));
const { signal } = interrupted;

process.exitCode = await main().catch((err: unknown) => {
  if (signal.aborted) return signal.reason;
  say(err instanceof Error ? err.message : String(err));
  return 1;
});

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const given = [...clustersOf(process.env), ...values.kubeconfig.map((kubeconfig, n) => ({ name: `cluster-${n + 1}`, kubeconfig }))];
  if (given.length > 0) return runTests(given);
  await buildControlPlane(signal);
  return withClusters(['cluster-1', 'cluster-2'], values.serve ? serve : runTests);
}

async function withClusters(names: readonly string[], use: (clusters: readonly TestCluster[]) => Promise<number>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'vice-clusters-'));
  const started = performance.now();
  const starting = names.map((name) => startControlPlane({ name, folder: join(folder, name), signal }));
  const results = await Promise.allSettled(starting);
  const clusters = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    await Promise.all(starting); // throws the first failure, once all have ended in one way or the other
    say(`${names.join(' and ')} ready after ${((performance.now() - started) / 1000).toFixed(1)} s in ${folder}`);
    return await use(clusters);
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.stop()));
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

async function runTests(clusters: readonly TestCluster[]): Promise<number> {
  signal.throwIfAborted();
  const files = positionals.length > 0 ? positionals : ['./test/cluster'];
  // The bound of a test is longer than that of any wait in it, which says what was waited for.
  const tests = Bun.spawn([process.execPath, 'test', '--timeout=120000', ...junitFlags(process.env), ...files], {
    cwd: join(import.meta.dir, '..', '..'),
    env: { ...process.env, ...environmentOf(clusters) },
    stdio: ['ignore', 'inherit', 'inherit'],
    signal,
  });
  const code = await tests.exited;
  return signal.aborted ? signal.reason : code;
}

async function serve(clusters: readonly TestCluster[]): Promise<number> {
  for (const [name, value] of Object.entries(environmentOf(clusters))) process.stdout.write(`export ${name}=${value}\n`);
  for (const { kubeconfig } of clusters) process.stdout.write(`kubectl --kubeconfig ${kubeconfig} get nodes\n`);
  if (!signal.aborted) await once(signal, 'abort');
  return 0;
}

function say(text: string): void {
  process.stderr.write(`test:cluster: ${text}\n`);
}
