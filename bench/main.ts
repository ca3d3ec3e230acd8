// Measures launches against a real kube-apiserver, prints a table and writes bench/results.json. Budgets are shown, not enforced: the exit
// code is 1 only when something could not be measured, a launch failed, or an analysis ran twice.
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildControlPlane } from '../test/cluster/build.ts';
import type { TestCluster } from '../test/cluster/clusters.ts';
import { startControlPlane } from '../test/cluster/control-plane.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { type Findings, isWithin, table } from './figures.ts';
import { findProgram, type Program } from './program.ts';
import { openRig, type Rig } from './rig.ts';
import { changes } from './scenarios/changes.ts';
import { concurrent } from './scenarios/concurrent.ts';
import { deadCluster } from './scenarios/dead-cluster.ts';
import { holding } from './scenarios/holding.ts';
import { memory } from './scenarios/memory.ts';
import { mutualTls } from './scenarios/mutual-tls.ts';
import { observing } from './scenarios/observing.ts';
import { queries } from './scenarios/queries.ts';
import { reload } from './scenarios/reload.ts';
import { removal } from './scenarios/removal.ts';
import { requests } from './scenarios/requests.ts';
import { running } from './scenarios/running.ts';
import { selection } from './scenarios/selection.ts';
import { sequential } from './scenarios/sequential.ts';
import { soak } from './scenarios/soak.ts';
import { start } from './scenarios/start.ts';

interface Scenario {
  readonly title: string;
  readonly measure: (rig: Rig, quick: boolean) => Promise<Findings>;
}

/** One that needs no Kubernetes: without others no control plane is started. */
interface Bare {
  readonly title: string;
  readonly bare: (program: Program, folder: string, quick: boolean) => Promise<Findings>;
}

const scenarios: Readonly<Record<string, Scenario | Bare>> = {
  selection: { title: 'Choosing a cluster', bare: (_program, _folder, quick) => selection(quick) },
  reload: { title: 'The registry of clusters', bare: (_program, _folder, quick) => reload(quick) },
  changes: { title: 'Launches while clusters are changed', bare: changes },
  'dead-cluster': { title: 'One dead cluster of a hundred', bare: deadCluster },
  holding: { title: 'A coordinator of many analyses', bare: holding },
  soak: { title: 'A deployer among many analyses for a while', bare: (program, folder, quick) => soak(program, folder, minutesOf(quick)) },
  start: { title: 'Starting, median of warm starts', measure: start },
  launch: { title: 'Launches one after another', measure: sequential },
  running: { title: 'To running pods, with volumes at hand', measure: running },
  requests: { title: 'Requests to kube-apiserver, watches aside', measure: requests },
  queries: { title: 'PostgreSQL, a launch', measure: queries },
  concurrent: { title: 'Launches at once', measure: concurrent },
  removal: { title: 'Removals, to nothing left', measure: removal },
  'mutual-tls': { title: 'Launches in the clear and over mutual TLS', measure: mutualTls },
  memory: { title: 'Resident memory', measure: memory },
  observing: { title: 'A deployer that watches many analyses', measure: observing },
};

const usage = `npm run bench -- [options]

  Measures vice against a real Kubernetes control plane of its own, and against the same objects created by a bare client.

  --only NAME         ${Object.keys(scenarios).join(', ')}; may be given several times
  --quick             fewer rounds: minutes become seconds, figures become rough
  --minutes N         how long the scenario soak goes on [10, with --quick 1]
  --kubeconfig PATH   use this cluster instead; see bench/README.md for what it needs
  --audit-log PATH    kube-apiserver's audit log of that cluster, for the scenario requests
  --binary PATH       measure this binary instead of dist/vice
  --source            measure src/main.ts even where dist/vice is built
  --keep              leave the folder with logs
  --help
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: Object.keys(scenarios) },
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    kubeconfig: { type: 'string' },
    'audit-log': { type: 'string' },
    binary: { type: 'string' },
    source: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

process.exit(
  await main().catch((err: unknown) => {
    process.stderr.write(`bench: ${err instanceof Error ? err.message : String(err)}\n`);
    return 1;
  }),
);

async function main(): Promise<number> {
  const unknown = values.only.filter((name) => !(name in scenarios));
  if (values.help || unknown.length > 0) {
    for (const name of unknown) process.stderr.write(`bench: there is no scenario ${name}\n`);
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const folder = await mkdtemp(join(tmpdir(), 'vice-bench-'));
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.on(signal, () => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(code); // every program that was started ends with this process
    });
  }
  let opened: Promise<Rig> | undefined;
  try {
    const program = findProgram(values);
    const rig = () => {
      opened ??= openCluster(folder).then((cluster) => openRig(cluster, program, folder));
      return opened;
    };
    return await measure(rig, program, folder);
  } finally {
    await opened?.then((rig) => rig.stop()).catch(() => undefined); // what could not start was told already
    if (values.keep) process.stdout.write(`logs are in ${folder}\n`);
    else await rm(folder, { recursive: true, force: true });
  }
}

function minutesOf(quick: boolean): number {
  const minutes = Number(values.minutes ?? (quick ? 1 : 10));
  if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: must be a number above 0`);
  return minutes;
}

/** A cluster of our own ends with this process. */
async function openCluster(folder: string): Promise<TestCluster> {
  const { kubeconfig, 'audit-log': auditLog } = values;
  if (kubeconfig !== undefined) return { name: 'given', kubeconfig, ...(auditLog && { auditLog }) };
  await buildControlPlane(new AbortController().signal);
  return startControlPlane({ name: 'bench', folder: join(folder, 'cluster') });
}

async function measure(rig: () => Promise<Rig>, program: Program, folder: string): Promise<number> {
  const machine = { processors: cpus().length, model: cpus()[0]?.model, memory_gib: Math.round(totalmem() / 2 ** 30), load: loadavg()[0] };
  process.stdout.write(`${machine.processors} × ${machine.model}, load ${machine.load?.toFixed(1)}; vice: ${program.label}\n\n`);
  const results: Record<string, Findings> = {};
  const failures: string[] = [];
  for (const [name, scenario] of Object.entries(scenarios).filter(([each]) => values.only.includes(each))) {
    const measuring = 'bare' in scenario ? scenario.bare(program, folder, values.quick) : rig().then((each) => scenario.measure(each, values.quick));
    const findings = await measuring.catch((err: unknown) => {
      failures.push(`${name} could not be measured: ${err instanceof Error ? err.message : String(err)}`);
    });
    if (!findings) continue;
    results[name] = findings;
    failures.push(...(findings.faults ?? []));
    process.stdout.write(`${table(scenario.title, findings.figures)}\n`);
  }
  const figures = Object.values(results).flatMap((findings) => findings.figures);
  const over = figures.filter((figure) => isWithin(figure) === false);
  const written = { date: new Date().toISOString(), machine, program: program.label, quick: values.quick, results, failures };
  await writeFile(join(import.meta.dir, 'results.json'), `${JSON.stringify(written, undefined, 2)}\n`);
  for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`);
  const budgets = figures.filter(({ budget }) => budget);
  process.stdout.write(`${budgets.length - over.length} of ${budgets.length} budgets kept, ${failures.length} failures\n`);
  await (await startPostgres()).stop();
  return failures.length > 0 ? 1 : 0;
}
