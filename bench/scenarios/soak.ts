import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stored } from '../../src/demo/sandbox/kinds.ts';
import { startSandboxCluster } from '../../src/demo/sandbox-cluster.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { deployerAlone } from '../contenders.ts';
import type { Figure, Findings } from '../figures.ts';
import { Herd } from '../herd.ts';
import { median } from '../measure.ts';
import { startPagedKubernetes } from '../paged-kubernetes.ts';
import type { Program } from '../program.ts';
import { startVice, type ViceProcess } from '../vice-process.ts';

const ANALYSES = [0, 1_000, 5_000];
const BEGIN_EVERY_MS = 600;
const CHANGES_EVERY_MS = 1_000;
const CHANGES = 58;
const STATUS_EVERY_MS = 500;
const WHOLE_LIST_EVERY_MS = 20_000;
const SAMPLE_EVERY_MS = 1_000;
const LISTED_MS = 120_000;

/**
 * Resident memory of a deployer: from its start in a cluster that has many analyses already, and for `minutes` in which a hundred analyses a minute end and
 * others begin, 3,500 objects a minute change, and readers ask for news, for everything, and for single analyses.
 */
export async function soak(program: Program, folder: string, minutes: number): Promise<Findings> {
  const { externalId, objects } = await runningAnalysis(program, folder);
  const kubernetes = startPagedKubernetes(folder);
  const figures: Figure[] = [];
  try {
    const herd = new Herd(kubernetes.store, objects, externalId);
    for (const analyses of ANALYSES) {
      while (herd.size < analyses) herd.add();
      const deployer = await startVice(program, `soak-${analyses}`, folder, ['--mode=standalone', '--kubeconfig', kubernetes.kubeconfig]);
      try {
        figures.push(...(await firstListing(deployer, analyses)));
        if (analyses === ANALYSES.at(-1)) figures.push(...(await goOn(deployer, herd, minutes)));
      } finally {
        await deployer.stop();
      }
    }
    return { figures };
  } finally {
    await kubernetes.stop();
  }
}

/** What a cluster has of an analysis that a deployer has launched there, once it runs. */
async function runningAnalysis(program: Program, folder: string): Promise<{ readonly externalId: string; readonly objects: readonly Stored[] }> {
  const sandbox = startSandboxCluster({ name: 'sandbox' });
  const kubeconfig = join(folder, 'kubeconfig-sandbox');
  writeFileSync(kubeconfig, sandbox.kubeconfig);
  const deployer = await startVice(program, 'soak-launch', folder, ['--mode=standalone', '--kubeconfig', kubeconfig]);
  try {
    const { externalId, start } = await deployerAlone(deployer.url).prepare();
    await start();
    await waitFor(async () => (await read(deployer, `/${externalId}/status`)).includes('"running"'), {
      timeoutMs: 30_000,
      what: 'the analysis to run',
    });
    return { externalId, objects: sandbox.api.store.all().filter((object) => JSON.stringify(object).includes(externalId)) };
  } finally {
    await deployer.stop();
    await sandbox.stop();
  }
}

async function firstListing(deployer: ViceProcess, analyses: number): Promise<readonly Figure[]> {
  await waitFor(async () => (await fetch(`${deployer.url}/readyz`)).ok, { timeoutMs: LISTED_MS, what: 'the first list' });
  return [
    { name: `${analyses} analyses, listed for the first time`, value: deployer.memoryMegabytes(), unit: 'MB' },
    { name: `${analyses} analyses, most while listing`, value: deployer.peakMegabytes(), unit: 'MB' },
  ];
}

async function goOn(deployer: ViceProcess, herd: Herd, minutes: number): Promise<readonly Figure[]> {
  const samples: number[] = [];
  const cpuMs = deployer.cpuMs();
  const ended = AbortSignal.timeout(minutes * 60_000);
  const begin = () => {
    herd.endOldest();
    herd.add();
  };
  const change = () => {
    for (let n = 0; n < CHANGES; n += 1) herd.touch();
  };
  await Promise.all([
    every(SAMPLE_EVERY_MS, ended, () => void samples.push(deployer.memoryMegabytes())),
    every(BEGIN_EVERY_MS, ended, begin),
    every(CHANGES_EVERY_MS, ended, change),
    every(STATUS_EVERY_MS, ended, () => read(deployer, `/${herd.newest}/status`)),
    every(WHOLE_LIST_EVERY_MS, ended, () => read(deployer, '')),
    followNews(deployer, ended),
  ]);
  const tenth = (n: number) => median(samples.slice((n * samples.length) / 10, ((n + 1) * samples.length) / 10));
  const note = `${samples.length} samples in ${minutes} min; processor ${((deployer.cpuMs() - cpuMs) / (minutes * 600)).toFixed(1)} %`;
  return [
    { name: `${herd.size} analyses that come and go, median`, value: median(samples), unit: 'MB', note },
    { name: `${herd.size} analyses that come and go, most`, value: Math.max(...samples), unit: 'MB', budget: { below: 120 } },
    { name: `${herd.size} analyses, most at any moment since the start`, value: deployer.peakMegabytes(), unit: 'MB', budget: { below: 120 } },
    { name: 'growth from the second tenth of the time to the last', value: tenth(9) - tenth(1), unit: 'MB', budget: { below: 5 } },
  ];
}

/** From revision to revision, as long polls. */
async function followNews(deployer: ViceProcess, ended: AbortSignal): Promise<void> {
  let { revision } = JSON.parse(await read(deployer, ''));
  while (!ended.aborted) {
    const news = await read(deployer, `?since=${revision}&wait=25`);
    if (news !== '') ({ revision } = JSON.parse(news));
  }
}

/** Until it has ended; what takes longer than its time is not begun again meanwhile. */
async function every(ms: number, ended: AbortSignal, work: () => unknown): Promise<void> {
  for (let next = performance.now(); !ended.aborted; next += ms) {
    await work();
    await delay(Math.max(0, next + ms - performance.now()), undefined, { signal: ended }).catch(() => undefined);
  }
}

/** Empty where nothing is new. */
async function read(deployer: ViceProcess, of: string): Promise<string> {
  const response = await fetch(`${deployer.url}/api/v1/deployments${of}`);
  if (!response.ok && response.status !== 304) throw new Error(`${of}: ${response.status} ${await response.text()}`);
  return response.text();
}
