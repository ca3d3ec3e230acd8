import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { KINDS } from '../../src/deployer/kinds.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { type DelayingProxy, startDelayingProxy } from '../support/delaying-proxy.ts';
import { type DeployerProgram, startDeployerProgram } from '../support/deployer-program.ts';
import { type FaultyApiserver, startFaultyApiserver } from '../support/faulty-apiserver.ts';
import { type Kube, kube } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import { watchFaults } from '../support/watch-faults.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { applyUntilDone, unlike } from './load-ground.ts';

const CASE_MS = 400_000;
const NAMESPACE = 'vice-apps';
const watches = watchFaults();

let folder: string;
let etcd: DelayingProxy;
let plane: ControlPlane;
let faulty: FaultyApiserver;
let program: DeployerProgram;
let deployer: DeployerClient;
let objects: ClusterObjects<Kube>;

/** Without pods: controllers and nodes are not what fails here. */
const podless = (id: string) => sampleSpec(id, { replicas: 0 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vice-outages-'));
  const beforeEtcd = async (port: number) => {
    etcd = await startDelayingProxy(port);
    return etcd.port;
  };
  plane = await startControlPlane({ name: 'outages', folder, workloads: false, beforeEtcd });
  objects = new ClusterObjects(kube(plane.kubeconfig), NAMESPACE);
  faulty = await startFaultyApiserver(plane.kubeconfig);
  faulty.inject(watches.fault);
  program = await startDeployerProgram(faulty.kubeconfigText, NAMESPACE);
  deployer = new DeployerClient(program.url);
}, CASE_MS);

afterAll(async () => {
  await program.kill('SIGKILL');
  await faulty.stop();
  await plane.stop();
  await etcd.stop();
  await rm(folder, { recursive: true, force: true });
}, CASE_MS);

/** Nothing collects what is owned here, so everything is taken away by hand. */
async function clear(ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => deployer.remove(id)));
  const kinds = ['PersistentVolumeClaim', 'PersistentVolume', 'Service', 'Ingress', 'PodDisruptionBudget', 'Deployment', 'ConfigMap'] as const;
  for (const id of ids) {
    for (const kind of kinds) {
      for (const { metadata } of await objects.list(kind, id)) {
        await objects.kube.delete(objects.path(kind, metadata.name));
        if (await objects.find(kind, metadata.name)) await objects.kube.patch(objects.path(kind, metadata.name), { metadata: { finalizers: null } });
      }
    }
  }
}

const observedAt = async (id: string) => Date.parse((await deployer.status(id)).body.observed_at);

describe('while kube-apiserver is away', () => {
  test(
    'what is known is told and grows old, what is not known is no "not found", a launch is retryable, and all of it is mended when it is back',
    async () => {
      const [known, unknown] = [randomUUID(), randomUUID()];
      await applyUntilDone(deployer, podless(known));
      await plane.kill('kube-apiserver');
      // Every kind is heard of once more at most: what was on its way.
      await waitFor(async () => (await deployer.get('/api/v1/health')).status === 503, { timeoutMs: 60_000, what: 'the outage to be noticed' });
      const seen = await observedAt(known);
      const { status, code, problem } = await deployer.apply(podless(unknown));
      expect([status, code, problem.retryable]).toEqual([503, 'unavailable', true]);
      const asked = await deployer.status(unknown);
      expect([asked.status, asked.problem.retryable]).toEqual([503, true]);
      // The launch took the tries of several seconds: whoever reads sees that nobody looked at the cluster meanwhile.
      expect(await observedAt(known)).toBe(seen);
      expect(Date.now() - seen).toBeGreaterThan(300);
      const { body: list } = await deployer.list();
      expect(list.items.map(({ external_id, observed_at }) => [String(external_id), Date.parse(observed_at)])).toEqual([[known, seen]]);

      const poll = deployer.list(`?since=${list.revision}&wait=25`);
      await plane.restart('kube-apiserver');
      await objects.kube.delete(objects.path('Service', `vice-${known}`));
      await waitFor(async () => (await deployer.status(known)).body.phase === 'incomplete', { timeoutMs: 120_000, what: 'the change to be seen' });
      // One kind was heard of; all are, each in its turn, where their watches had failed for long.
      await waitFor(async () => (await observedAt(known)) > seen, { timeoutMs: 120_000, what: 'every kind to be heard of again' });
      expect([200, 304]).toContain((await poll).status);
      await applyUntilDone(deployer, podless(known));
      await applyUntilDone(deployer, podless(unknown));
      expect(await unlike(objects, [known, unknown])).toEqual([]);
      await clear([known, unknown]);
    },
    CASE_MS,
  );

  test(
    'a kube-apiserver that is killed again and again in the middle of launches loses none and makes none twice',
    async () => {
      const ids = Array.from({ length: 60 }, () => randomUUID());
      let pending = ids.length;
      const launches = Promise.all(
        ids.map(async (id) => {
          await applyUntilDone(deployer, podless(id));
          pending -= 1;
        }),
      );
      for (let kills = 0; kills < 3 && pending > 0; kills += 1) {
        await waitFor(async () => pending === 0 || (await anchors()) > (kills * ids.length) / 4, { timeoutMs: 120_000, what: 'launches under way' });
        await plane.kill('kube-apiserver');
        await plane.restart('kube-apiserver');
      }
      await launches;
      expect(await unlike(objects, ids)).toEqual([]);
      await clear(ids);
      expect(await unlike(objects, [])).toEqual([]);
    },
    CASE_MS,
  );
});

test(
  'a version that kube-apiserver has forgotten is no end: everything is listed anew, and watched from there',
  async () => {
    const id = randomUUID();
    await applyUntilDone(deployer, podless(id));
    // One that was just started remembers nothing of what was before.
    await plane.kill('kube-apiserver');
    watches.isFromLongAgo = true;
    await plane.restart('kube-apiserver');
    await waitFor(() => Object.values(KINDS).every(({ plural }) => watches.expired.has(plural)), {
      timeoutMs: 120_000,
      what: () => `410 for every kind, after ${[...watches.expired].join(', ')}`,
    });
    watches.heal();
    await objects.kube.delete(objects.path('Service', `vice-${id}`));
    await waitFor(async () => (await deployer.status(id)).body.phase === 'incomplete', { timeoutMs: 120_000, what: 'the change to be seen' });
    await clear([id]);
  },
  CASE_MS,
);

async function anchors(): Promise<number> {
  const list = await objects.kube.list(objects.collection('ConfigMap')).catch(() => []);
  return list.filter(({ metadata }) => metadata.name.startsWith('vice-')).length;
}

test(
  'a slow etcd makes launches slow and nothing else: none is lost, none made twice, and whoever asks meanwhile is answered from memory',
  async () => {
    const ids = Array.from({ length: 20 }, () => randomUUID());
    const [first = ''] = ids;
    await applyUntilDone(deployer, podless(first));
    etcd.delayMs = 500;
    try {
      const launches = Promise.all(ids.map((id) => applyUntilDone(deployer, podless(id))));
      let asked = 0;
      let isDone = false;
      const done = launches.finally(() => {
        isDone = true;
      });
      const isAnswered = async () => {
        if ((await deployer.status(first)).status === 200 && !isDone) asked += 1;
        return isDone;
      };
      await waitFor(isAnswered, { timeoutMs: 240_000, everyMs: 100, what: 'the launches to end' });
      await done;
      expect(asked).toBeGreaterThan(0);
    } finally {
      etcd.delayMs = 0;
    }
    expect(await unlike(objects, ids)).toEqual([]);
    await clear(ids);
    expect(await unlike(objects, [])).toEqual([]);
  },
  CASE_MS,
);
