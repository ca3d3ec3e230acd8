import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { PATIENCE } from '../../src/coordinator/patience.ts';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import type { Standalone } from '../../src/modes/standalone.ts';
import type { ViceDeploymentSpec } from '../../src/schema/deployment-spec.ts';
import { goldenText } from '../golden/golden-spec.ts';
import { type InterceptingProxy, startInterceptingProxy } from '../support/intercepting-proxy.ts';
import type { KubeObject } from '../support/kube.ts';
import { database, register, runCoordinator, send } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';
import { testClusters } from './clusters.ts';
import { startDeployer } from './deployer-subject.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

setDefaultTimeout(120_000);

/** The example of the platform, as it was reviewed and as it is sent. */
const golden: ViceDeploymentSpec = JSON.parse(await goldenText('example'));
const body: { uuid: string; user_id: string } = await Bun.file(`${import.meta.dir}/../golden/example/analysis.json`).json();
const { uuid } = body;
const LOGIN_IP = '10.1.2.3';

interface Side {
  readonly own: OwnNamespace;
  readonly deployer: Standalone;
  readonly proxy: InterceptingProxy;
}

let sides: readonly [Side, Side];
let coordinator: Coordinator;
let db: ReturnType<typeof database>;
let ids: string[];

beforeAll(async () => {
  const [one, two] = testClusters();
  const side = async (cluster: typeof one): Promise<Side> => {
    const own = await ownNamespace(cluster, 'launch');
    const deployer = await startDeployer(cluster, own.namespace);
    return { own, deployer, proxy: await startInterceptingProxy(deployer.url) };
  };
  sides = await Promise.all([side(one), side(two)]);
  const uri = await freshDatabase();
  db = database(uri);
  await db.sql`INSERT INTO users (id, username) VALUES (${body.user_id}, 'jdoe@iplantcollaborative.org')`;
  await db.sql`INSERT INTO logins (user_id, ip_address) VALUES (${body.user_id}, ${LOGIN_IP})`;
  // The garbage collector of a busy machine takes its time.
  coordinator = await runCoordinator(uri, { patience: { ...PATIENCE, fenceMs: 1_000, busyMs: 40_000 } });
  ids = await register(
    coordinator.url,
    sides.map(({ proxy }, n) => ({ name: `cluster-${n + 1}`, url: proxy.url })),
  );
});
afterAll(async () => {
  await exit(); // a volume would outlive the namespace
  await coordinator.stop();
  for (const { own, deployer, proxy } of sides) {
    await proxy.stop();
    await deployer.stop();
    await own.drop();
  }
  await db.close();
});
beforeEach(async () => {
  await exit();
  await waitFor(async () => (await leftIn(sides[0])).length + (await leftIn(sides[1])).length === 0, { timeoutMs: 60_000, what: 'empty clusters' });
});

const launch = () => send(`${coordinator.url}/vice/launch`, body);
const row = () => db.row(uuid);

async function exit(): Promise<void> {
  expect((await send(`${coordinator.url}/vice/${uuid}/exit`)).status).toBe(200);
  await waitFor(async () => ['stopped', 'failed', undefined].includes((await row())?.state), { timeoutMs: 60_000, what: 'the end of the analysis' });
}

const collectionsOf = (namespace: string): Record<string, string> => ({
  ConfigMap: `/api/v1/namespaces/${namespace}/configmaps`,
  Deployment: `/apis/apps/v1/namespaces/${namespace}/deployments`,
  ReplicaSet: `/apis/apps/v1/namespaces/${namespace}/replicasets`,
  Pod: `/api/v1/namespaces/${namespace}/pods`,
  Service: `/api/v1/namespaces/${namespace}/services`,
  EndpointSlice: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
  Ingress: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
  HTTPRoute: `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`,
  PersistentVolumeClaim: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
  PodDisruptionBudget: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
});

/** `Kind/name` of everything in the namespace that Kubernetes did not put there by itself, and of the analysis' volumes. */
async function leftIn({ own }: Side): Promise<string[]> {
  const lists = Object.entries(collectionsOf(own.namespace)).map(async ([kind, path]) =>
    (await own.kube.list(path)).map(({ metadata }) => `${kind}/${metadata.name}`),
  );
  const volumes = await own.kube.list('/api/v1/persistentvolumes');
  const ours = volumes.filter(({ metadata }) => metadata.name.includes(uuid)).map(({ metadata }) => `PersistentVolume/${metadata.name}`);
  return [...(await Promise.all(lists)).flat(), ...ours].filter((name) => name !== 'ConfigMap/kube-root-ca.crt');
}

const deploymentPath = ({ own }: Side) => `/apis/apps/v1/namespaces/${own.namespace}/deployments/${uuid}`;

const runs = (side: Side) =>
  waitFor(
    async () => (await side.own.kube.find<KubeObject & { status?: { readyReplicas?: number } }>(deploymentPath(side)))?.status?.readyReplicas === 1,
    { timeoutMs: 60_000, what: 'a running pod' },
  );

test('the example becomes running pods, and its objects stand in the cluster to the last field of the golden spec', async () => {
  const [first, second] = sides;
  expect((await launch()).status).toBe(200);
  expect(await row()).toMatchObject({ state: 'applied', cluster_id: ids[0] ?? '', millicores: 4000 });
  await runs(first);

  const paths = collectionsOf(first.own.namespace);
  const { deployment, service, ingress, pod_disruption_budget, config_maps, persistent_volumes, persistent_volume_claims } = golden;
  const namespaced = [deployment, service, ingress, pod_disruption_budget, ...config_maps, ...persistent_volume_claims].flatMap(
    (manifest) => manifest ?? [],
  );
  for (const manifest of namespaced) expect(await first.own.kube.get(`${paths[manifest.kind]}/${manifest.metadata.name}`)).toMatchObject(manifest);
  for (const volume of persistent_volumes) {
    expect(await first.own.kube.get(`/api/v1/persistentvolumes/${volume.metadata.name}`)).toMatchObject(volume);
  }
  expect(await leftIn(second)).toEqual([]);
});

test('after the exit nothing is left in the namespace nor among the volumes', async () => {
  await launch();
  await runs(sides[0]);
  await exit();
  expect(await row()).toMatchObject({ state: 'stopped' });
  expect(await leftIn(sides[0])).toEqual([]);
});

test('the same id is launched again after its end', async () => {
  await launch();
  await exit();
  expect((await launch()).status).toBe(200);
  await runs(sides[0]);
});

test('the same id is launched again while it is still ending, once it has ended', async () => {
  const { own } = sides[0];
  await launch();
  const service = `/api/v1/namespaces/${own.namespace}/services/vice-${uuid}`;
  await own.kube.patch(service, { metadata: { finalizers: ['example.org/held'] } });
  expect((await send(`${coordinator.url}/vice/${uuid}/exit`)).status).toBe(200);
  await waitFor(async () => (await own.kube.find(service))?.metadata.deletionTimestamp, { timeoutMs: 60_000, what: 'the removal of the service' });

  const again = launch();
  expect(await row()).toMatchObject({ state: 'stopping' });
  await own.kube.patch(service, { metadata: { finalizers: null } });
  expect((await again).status).toBe(200);
  await runs(sides[0]);
  expect((await own.kube.get(service)).metadata.finalizers).toBeUndefined();
});

test('a launch that the quota of every cluster refuses is a 503 and leaves nothing', async () => {
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { 'count/deployments.apps': '0' } } };
  const pathOf = ({ own }: Side) => `/api/v1/namespaces/${own.namespace}/resourcequotas`;
  for (const side of sides) {
    await side.own.kube.create(pathOf(side), quota);
    const isInForce = async () => (await side.own.kube.get<KubeObject & { status?: { hard?: object } }>(`${pathOf(side)}/none`)).status?.hard;
    await waitFor(isInForce, { timeoutMs: 60_000, what: 'the quota' });
  }
  try {
    const answer = await launch();
    expect(answer.status).toBe(503);
    expect(await row()).toMatchObject({ state: 'failed', reason: 'no_cluster', removal_due: null });
    const empty = async () => (await Promise.all(sides.map(leftIn))).flat().length === 0;
    await waitFor(empty, { timeoutMs: 60_000, what: 'the end of what was created before the quota refused' });
  } finally {
    for (const side of sides) await side.own.kube.delete(`${pathOf(side)}/none`);
  }
});

test('the second cluster takes over when the first is disabled', async () => {
  await send(`${coordinator.url}/api/v1/clusters/${ids[0]}/disable`);
  try {
    expect((await launch()).status).toBe(200);
    expect(await row()).toMatchObject({ cluster_id: ids[1] ?? '' });
    await runs(sides[1]);
    expect(await leftIn(sides[0])).toEqual([]);
  } finally {
    await send(`${coordinator.url}/api/v1/clusters/${ids[0]}/enable`);
  }
});

test('the second cluster takes over when the first does not answer', async () => {
  const silent = await startInterceptingProxy(sides[0].deployer.url);
  silent.intercept(() => new Promise(() => undefined));
  const move = async (url: string) => {
    await db.sql`UPDATE vice_clusters SET deployer_url = ${url} WHERE id = ${ids[0] ?? ''}`;
    await send(`${coordinator.url}/api/v1/clusters/reload`);
  };
  await move(silent.url);
  try {
    expect((await launch()).status).toBe(200);
    expect(await row()).toMatchObject({ cluster_id: ids[1] ?? '' });
    await runs(sides[1]);
    expect(await leftIn(sides[0])).toEqual([]);
  } finally {
    await move(sides[0].proxy.url);
    await silent.stop();
  }
});

test('a launch whose answer is lost in the first cluster has one home at most: the second after the first is cleared, or none', async () => {
  sides[0].proxy.intercept(async ({ method, path }, forward) => {
    const answer = await forward();
    const isLost = method === 'POST' || (method === 'GET' && path.endsWith('/status'));
    return isLost ? 'reset' : answer;
  });
  try {
    const launched = launch();
    // The removal there waits for the garbage collector, and the answers to the status are lost.
    await waitFor(async () => (await leftIn(sides[0])).some((name) => name.startsWith('Deployment/')), {
      timeoutMs: 60_000,
      everyMs: 5,
      what: 'the first cluster',
    });
    const answer = await launched;
    const now = await row();
    if (answer.status === 200) expect(now).toMatchObject({ state: 'applied', cluster_id: ids[1] ?? '' });
    else expect(now).toMatchObject({ state: 'failed' });
    await waitFor(async () => (await leftIn(sides[0])).filter((name) => name !== `ConfigMap/vice-${uuid}`).length === 0, {
      timeoutMs: 60_000,
      what: 'the fence',
    });
  } finally {
    sides[0].proxy.intercept((_, forward) => forward());
  }
});
