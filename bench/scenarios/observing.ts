import { setTimeout as delay } from 'node:timers/promises';
import { deployerAlone } from '../contenders.ts';
import type { Figure, Findings } from '../figures.ts';
import { atOnce, median } from '../measure.ts';
import type { Rig } from '../rig.ts';
import { startVice, type ViceProcess } from '../vice-process.ts';

/** Of this run alone: nothing is in it yet. */
const NAMESPACE = `vice-observing-${crypto.randomUUID().slice(0, 8)}`;
const AT_ONCE = 10;
const WAKE_UPS = 20;
/** Of the largest size: five thousand analyses with their pods. */
const RUNNING_MS = 900_000;

/**
 * A deployer in a namespace of its own that watches more and more analyses: what it holds in memory, and how long a reader of the list waits for a change
 * that kube-apiserver has just confirmed. In the end what hours bring besides: reads of the whole list, and changes that no status shows.
 */
export async function observing(rig: Rig, quick: boolean): Promise<Findings> {
  await write(rig, 'POST', '/api/v1/namespaces', JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }));
  const args = ['--mode=standalone', '--kubeconfig', rig.cluster.kubeconfig, '--vice-namespace', NAMESPACE];
  const deployer = await startVice(rig.program, 'observing', rig.folder, args);
  try {
    return await observe(rig, deployer, quick);
  } finally {
    await deployer.stop();
  }
}

async function observe(rig: Rig, deployer: ViceProcess, quick: boolean): Promise<Findings> {
  const contender = deployerAlone(deployer.url);
  const figures: Figure[] = [];
  /** Those that are whole. */
  const ids: string[] = [];
  let launched = 0;
  for (const size of quick ? [0, 50, 200] : [0, 1_000, 5_000]) {
    const launches = await Promise.all(Array.from({ length: size - launched }, contender.prepare));
    const faults: string[] = [];
    await atOnce(AT_ONCE, launches, (launch) => launch.start().catch((err: unknown) => void faults.push(`deployer: ${String(err)}`)));
    if (faults.length > 0) return { figures, faults };
    launched = size;
    ids.push(...launches.map(({ externalId }) => externalId));
    await allRunning(deployer.url, ids.length);
    await rig.quiet();
    figures.push(memoryOf(deployer, `${size} analyses`, size));
    if (size > 0) figures.push(await wakeUps(rig, deployer.url, ids.splice(0, WAKE_UPS), size));
  }
  await churn(rig, deployer.url, ids, quick ? 1 : 5);
  await rig.quiet();
  figures.push(memoryOf(deployer, `${launched} analyses, after many changes and readers`, launched));
  return { figures };
}

function memoryOf(deployer: ViceProcess, name: string, analyses: number): Figure {
  return { name, value: deployer.memoryMegabytes(), unit: 'MB', ...(analyses >= 5_000 && { budget: { below: 120 } }) };
}

/** By the list itself, from change to change. */
async function allRunning(url: string, count: number): Promise<void> {
  const until = Date.now() + RUNNING_MS;
  for (;;) {
    const { items } = await list(url, '');
    const running = items.filter(({ phase }) => phase === 'running').length;
    if (running >= count) return;
    if (Date.now() > until) throw new Error(`only ${running} of ${count} analyses came to run`);
    await delay(1_000);
  }
}

/** From kube-apiserver's answer to a change to that of a long poll which waits for it. The analyses are not whole afterwards. */
async function wakeUps(rig: Rig, url: string, ids: readonly string[], size: number): Promise<Figure> {
  const times: number[] = [];
  for (const id of ids) {
    const { revision } = await list(url, '');
    const poll = list(url, `?since=${revision}&wait=25`).then(() => performance.now());
    await write(rig, 'DELETE', `/api/v1/namespaces/${NAMESPACE}/services/vice-${id}`);
    const written = performance.now();
    // The event may overtake the answer.
    times.push(Math.max(0, (await poll) - written));
  }
  const note = `max ${Math.max(...times).toFixed(0)} of ${times.length}`;
  return { name: `${size} analyses, wake-up of a long poll`, value: median(times), unit: 'ms', budget: { below: 100 }, note };
}

/** Every anchor is changed in a way that no status shows, and all of the list is read meanwhile. */
async function churn(rig: Rig, url: string, ids: readonly string[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const body = JSON.stringify({ metadata: { annotations: { 'vice-bench/round': String(round) } } });
    const change = (id: string) => write(rig, 'PATCH', `/api/v1/namespaces/${NAMESPACE}/configmaps/vice-${id}`, body);
    await Promise.all([atOnce(AT_ONCE, ids, change), readSome(url)]);
  }
}

async function readSome(url: string): Promise<void> {
  for (let n = 0; n < 20; n += 1) await list(url, '');
}

interface List {
  readonly revision: string;
  readonly items: readonly { readonly phase: string }[];
}

async function list(url: string, query: string): Promise<List> {
  const response = await fetch(`${url}/api/v1/deployments${query}`);
  if (response.status !== 200) throw new Error(`the list${query}: ${response.status}`);
  return response.json() as Promise<List>; // of the contract
}

async function write(rig: Rig, method: string, path: string, body?: string): Promise<void> {
  const response = await rig.kube.send(method, path, body);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
}
