import { afterAll, beforeAll, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { objectNames } from '../../src/deployer/manifests.ts';
import { type Standalone, startStandalone } from '../../src/modes/standalone.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { waitFor } from '../support/wait-for.ts';
import { auditLog, tally } from './audit.ts';
import { testClusters } from './clusters.ts';
import { standaloneConfig } from './deployer-subject.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

/** Its requests are told from those of other deployers by their user agent. */
const userAgent = `vice-deployer-${randomUUID()}`;
const silent = pino({ level: 'silent' });
const [cluster] = testClusters();
const log = auditLog(cluster);

let space: OwnNamespace;
let standalone: Standalone;
let deployer: DeployerClient;

beforeAll(async () => {
  space = await ownNamespace(cluster, 'requests');
  const { namespace } = space;
  const kubeconfig = { from: 'file', path: cluster.kubeconfig } as const;
  const connected = connectKubernetes({ kubeconfig, namespace, log: silent, transport: { userAgent } });
  standalone = startStandalone(standaloneConfig(cluster, namespace), silent, connected);
  deployer = new DeployerClient(standalone.url);
  await standalone.connected;
  await deployer.list();
  // What is listed for them is listed once, and last.
  await waitFor(async () => (await deployer.capabilities()).status === 200, { timeoutMs: 60_000, what: 'the capabilities' });
}, 120_000);
afterAll(async () => {
  await standalone.stop();
  await space.drop();
}, 120_000);

/** How many requests of each kind the deployer makes while `work` runs, watches aside. */
async function requestsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const from = await log.mark();
  await work();
  const to = await log.mark();
  return tally((await log.requests(from, to)).filter((request) => request.userAgent === userAgent));
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

test('a launch is one request an object, the anchor included; looking at it none; its removal one and one for each volume', async () => {
  const id = randomUUID();
  const spec = sampleSpec(id);
  const applied = await requestsOf(() => deployer.apply(spec));
  expect(applied).toEqual({
    'create configmaps': 3,
    'create persistentvolumes': 1,
    'create persistentvolumeclaims': 2,
    'create services': 1,
    'create ingresses': 1,
    'create poddisruptionbudgets': 1,
    'create deployments': 1,
  });
  expect(total(applied)).toBe(objectNames(spec).length + 1);
  await deployer.untilPhase(id, 'running');

  const looked = await requestsOf(async () => {
    for (let n = 0; n < 20; n += 1) await Promise.all([deployer.status(id), deployer.urlReady(id), deployer.list()]);
  });
  expect(looked).toEqual({});

  // Asked again and again until all is gone: that costs nothing either.
  const removed = await requestsOf(() => deployer.removeFully(id, '?attempt=2'));
  expect(removed).toEqual({ 'delete configmaps': 1, 'delete persistentvolumes': 1 });
}, 120_000);

test('an id that is not known costs one request', async () => {
  expect(await requestsOf(() => deployer.status(randomUUID()))).toEqual({ 'get configmaps': 1 });
}, 120_000);

test('ten times the same at once is one run', async () => {
  const id = randomUUID();
  const spec = sampleSpec(id, { replicas: 0 });
  const applied = await requestsOf(() => Promise.all(Array.from({ length: 10 }, () => deployer.apply(spec))));
  expect(total(applied)).toBe(objectNames(spec).length + 1);
  await deployer.removeFully(id);
}, 120_000);

test('every field is managed by the deployer alone, also after a repeat, which starts no pod anew', async () => {
  const id = randomUUID();
  const objects = new ClusterObjects(space.kube, space.namespace);
  await deployer.apply(sampleSpec(id));
  await deployer.apply(sampleSpec(id));
  await deployer.apply(sampleSpec(id, { attempt: 9 }));
  const managers = await Promise.all(
    (['Deployment', 'Service', 'Ingress', 'PodDisruptionBudget', 'PersistentVolumeClaim', 'ConfigMap', 'PersistentVolume'] as const).map(
      async (kind) => (await objects.list(kind, id)).flatMap(({ metadata }) => managersOf(metadata)),
    ),
  );
  // Status, finalizers and the binding of claims are the controllers' to write.
  const others = new Set(['kube-controller-manager', 'kube-scheduler', 'vice-test-provisioner']);
  expect([...new Set(managers.flat().filter((manager) => !others.has(manager)))]).toEqual(['vice-deployer']);
  const deployment = await space.kube.get<{ metadata: { generation: number } }>(objects.path('Deployment', id));
  expect(deployment.metadata.generation).toBe(1);
  await deployer.removeFully(id);
}, 120_000);

function managersOf(metadata: object): string[] {
  const fields: unknown = 'managedFields' in metadata ? metadata.managedFields : [];
  if (!Array.isArray(fields)) return [];
  return fields.filter(({ subresource }) => subresource !== 'status').map(({ manager }) => String(manager));
}
