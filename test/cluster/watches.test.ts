import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { KINDS } from '../../src/deployer/kinds.ts';
import { type Standalone, startStandalone } from '../../src/modes/standalone.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { type ApiRequest, type FaultyApiserver, startFaultyApiserver } from '../support/faulty-apiserver.ts';
import type { Kube } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import { watchedKind, watchFaults } from '../support/watch-faults.ts';
import { testClusters } from './clusters.ts';
import { standaloneConfig } from './deployer-subject.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

const CASE_MS = 180_000;
const [cluster] = testClusters();
const silent = pino({ level: 'silent' });

let space: OwnNamespace;
let faulty: FaultyApiserver;
let standalone: Standalone;
let deployer: DeployerClient;
let objects: ClusterObjects<Kube>;
const watches = watchFaults();
let firstWatches: readonly ApiRequest[];
const id = randomUUID();

beforeAll(async () => {
  space = await ownNamespace(cluster, 'watches');
  objects = new ClusterObjects(space.kube, space.namespace);
  faulty = await startFaultyApiserver(cluster.kubeconfig);
  faulty.inject(watches.fault);
  const kubeconfig = { from: 'text', text: faulty.kubeconfigText } as const;
  // Shorter than the minute after which kube-apiserver gives a sign of life without being asked.
  const connected = connectKubernetes({ kubeconfig, namespace: space.namespace, log: silent, follow: { silenceMs: 10_000, longestWaitMs: 500 } });
  standalone = startStandalone(standaloneConfig(cluster, space.namespace), silent, connected);
  await standalone.connected;
  deployer = new DeployerClient(standalone.url);
  const opened = () => faulty.requests.filter((request) => request.isWatch());
  await waitFor(() => new Set(opened().map(watchedKind)).size > Object.keys(KINDS).length, { timeoutMs: 60_000, what: 'the watches' });
  firstWatches = opened();
  await deployer.apply(sampleSpec(id));
  await deployer.untilPhase(id, 'running');
}, CASE_MS);
afterEach(() => watches.heal());
afterAll(async () => {
  await deployer.removeFully(id);
  await standalone.stop();
  await faulty.stop();
  await space.drop();
}, CASE_MS);

const pathOf = ({ path }: ApiRequest) => new URL(path, 'http://localhost').pathname;
const seen = async () => (await deployer.status(id)).body;

/** Takes the Service away behind the deployer's back, waits until it has seen that, and has it put back. */
async function expectSeen(): Promise<void> {
  await objects.kube.delete(objects.path('Service', `vice-${id}`));
  await waitFor(async () => (await seen()).phase === 'incomplete', { timeoutMs: 60_000, what: 'the change to be seen' });
  expect((await deployer.apply(sampleSpec(id))).status).toBe(200);
}

test(
  'there is one watch a kind, with bookmarks, and nobody who asks for what is known costs kube-apiserver anything',
  async () => {
    expect(firstWatches.length).toBe(new Set(firstWatches.map(pathOf)).size);
    expect(firstWatches.map(watchedKind)).toEqual(expect.arrayContaining([...Object.values(KINDS).map(({ plural }) => plural), 'events']));
    for (const { path } of firstWatches) expect(path).toContain('allowWatchBookmarks=true');
    const before = faulty.requests.length;
    for (let n = 0; n < 20; n += 1) await Promise.all([deployer.status(id), deployer.urlReady(id), deployer.list()]);
    expect(faulty.requests.slice(before).filter(({ path }) => path.includes(id))).toEqual([]);
  },
  CASE_MS,
);

test(
  'a reader who waits is woken by the change itself, from kube-apiserver on',
  async () => {
    for (let round = 0; round < 3; round += 1) {
      const { revision } = (await deployer.list()).body;
      const poll = deployer.list(`?since=${revision}&wait=25`);
      await objects.kube.delete(objects.path('Service', `vice-${id}`));
      const { status, body } = await poll;
      // At 25 s it would be a 304.
      expect([status, body.items.map(({ external_id }) => String(external_id))]).toEqual([200, [id]]);
      await deployer.apply(sampleSpec(id));
    }
  },
  CASE_MS,
);

test(
  'a watch that breaks off is opened again, and what happened meanwhile is seen',
  async () => {
    watches.sever();
    await expectSeen();
  },
  CASE_MS,
);

test(
  'a watch that is silent is not trusted: what is told grows old, and with the next one everything is seen',
  async () => {
    watches.isSilent = true;
    const silentSince = faulty.requests.length;
    watches.sever();
    const isSilent = () =>
      new Set(
        faulty.requests
          .slice(silentSince)
          .filter((request) => request.isWatch())
          .map(watchedKind),
      ).size > Object.keys(KINDS).length;
    await waitFor(isSilent, { timeoutMs: 60_000, what: 'every watch to be opened again' });
    await objects.kube.delete(objects.path('Service', `vice-${id}`));
    const { observed_at, phase } = await seen();
    // Longer than a watch may be silent: each kind is listed anew, and that is a sign of life.
    await waitFor(async () => (await seen()).observed_at !== observed_at, { timeoutMs: 120_000, what: 'the lists after the silence' });
    expect(phase).not.toBe('incomplete');
    await waitFor(async () => (await seen()).phase === 'incomplete', { timeoutMs: 60_000, what: 'the change to be seen' });
    watches.isSilent = false;
    await deployer.apply(sampleSpec(id));
    await expectSeen();
  },
  CASE_MS,
);

test(
  'while no watch can be opened, lists are what is known, and readers see of when it is',
  async () => {
    watches.isRefused = true;
    watches.sever();
    await objects.kube.delete(objects.path('Service', `vice-${id}`));
    await waitFor(async () => (await seen()).phase === 'incomplete', { timeoutMs: 60_000, what: 'the change to be seen' });
    watches.isRefused = false;
    await deployer.apply(sampleSpec(id));
    await expectSeen();
  },
  CASE_MS,
);
