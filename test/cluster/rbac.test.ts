import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { pino } from 'pino';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { createStandalone, type Standalone } from '../../src/modes/standalone.ts';
import type { ViceDeploymentSpec } from '../../src/schema/deployment-spec.ts';
import { deployerConformance } from '../contract/deployer-conformance.ts';
import { goldenSpecUnder } from '../golden/golden-spec.ts';
import type { KubeObject } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import { auditLog, type Mark } from './audit.ts';
import { testClusters } from './clusters.ts';
import { type DeployerAccount, deployerAccount } from './deployer-account.ts';
import { standaloneConfig } from './deployer-subject.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

const [cluster] = testClusters();
const audit = auditLog(cluster);
let space: OwnNamespace;
let account: DeployerAccount;
let started: Mark;

beforeAll(async () => {
  space = await ownNamespace(cluster, 'rbac');
  account = await deployerAccount(cluster, space.namespace, ['rbac.yaml']);
  started = await audit.mark();
}, 120_000);

afterAll(async () => {
  await account.drop();
  await space.drop();
}, 120_000);

function startDeployer(): Promise<Standalone> {
  const { kubeconfig: _, ...config } = standaloneConfig(cluster, space.namespace);
  const standalone = createStandalone({ ...config, kubeconfigText: account.kubeconfigText }, pino({ level: 'silent' }));
  return standalone.connected.then(() => standalone);
}

deployerConformance({
  name: 'standalone with the permissions of deploy/',
  real: true,
  remembers: true,
  namespace: () => space.namespace,
  start: startDeployer,
  cluster: () => space.kube,
});

describe('what the conformance does not come by', () => {
  let standalone: Standalone;
  let client: DeployerClient;
  let spec: ViceDeploymentSpec;

  beforeAll(async () => {
    standalone = await startDeployer();
    client = new DeployerClient(standalone.url);
    spec = await goldenSpecUnder('http-route', crypto.randomUUID());
  }, 120_000);
  afterAll(() => standalone.stop());

  const routes = () => `/apis/gateway.networking.k8s.io/v1/namespaces/${space.namespace}/httproutes`;
  // The cluster is still busy with what the conformance left behind.
  const removed = () =>
    waitFor(async () => (await client.remove(spec.metadata.external_id)).status === 200, { timeoutMs: 60_000, what: 'everything to be removed' });

  test('an HTTPRoute is written, and written again when somebody deleted it', async () => {
    expect((await client.apply(spec)).status).toBe(201);
    await space.kube.delete(`${routes()}/${spec.http_route?.metadata.name}`);
    await waitFor(async () => (await client.urlReady(spec.metadata.external_id)).body.route === false, {
      timeoutMs: 60_000,
      what: 'the loss to be seen',
    });
    expect((await client.apply(spec)).status).toBe(200);
    expect(await space.kube.list(routes())).toHaveLength(1);
    await removed();
  }, 120_000);

  test('what stands under the name of an object is looked at, whatever its kind', async () => {
    const [claim] = spec.persistent_volume_claims;
    const paths = {
      services: '/api/v1',
      persistentvolumeclaims: '/api/v1',
      poddisruptionbudgets: '/apis/policy/v1',
      deployments: '/apis/apps/v1',
      httproutes: '',
    };
    const manifests = {
      services: spec.service,
      persistentvolumeclaims: claim,
      poddisruptionbudgets: spec.pod_disruption_budget,
      deployments: spec.deployment,
      httproutes: spec.http_route,
    };
    for (const [plural, manifest] of Object.entries(manifests)) {
      const group = Object(paths)[plural];
      const path = group === '' ? routes() : `${group}/namespaces/${space.namespace}/${plural}`;
      await space.kube.create(path, manifest);
      expect([plural, (await client.apply(spec)).status]).toEqual([plural, 409]);
      await space.kube.delete(`${path}/${manifest?.metadata.name}`);
      await removed();
    }
  }, 120_000);
});

// Of a finalizer's permission nothing is asked by a request of its own: Kubernetes looks for it when an owner is named.
// An Ingress is written and looked at as an HTTPRoute is.
const NOT_REQUESTED = ['update configmaps/finalizers', 'get ingresses'];

test('every request was one that is granted, and nothing is granted that the deployer does not ask for', async () => {
  const requests = (await audit.requests(started, await audit.mark())).filter((request) => request.user === account.user && request.resource !== '');
  const asked = new Set(requests.map(({ verb, resource }) => `${verb} ${resource}`));
  const allowed = account.granted.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)));
  expect([...asked].filter((request) => !allowed.includes(request))).toEqual([]);
  // The audit log is read without watches; each kind that is listed is watched as well.
  const unused = allowed.filter((grant) => !asked.has(grant.replace(/^watch /, 'list ')) && !NOT_REQUESTED.includes(grant));
  expect(unused).toEqual([]);
});

describe('capabilities', () => {
  const toldOnce = async () => {
    const standalone = await startDeployer();
    try {
      const client = new DeployerClient(standalone.url);
      const known = async () => (await client.capabilities()).status === 200;
      await waitFor(known, { timeoutMs: 60_000, what: 'the capabilities' });
      return (await client.capabilities()).body;
    } finally {
      await standalone.stop();
    }
  };

  test('with the shipped rights every part is known, as the cluster has it', async () => {
    const { unknown, capacity, kubernetes_version, gateway_api, storage_classes } = await toldOnce();
    expect([unknown, gateway_api]).toEqual([[], true]);
    expect(kubernetes_version).toMatch(/^v1\.\d+\.\d+/);
    expect(storage_classes?.map(({ name }) => name)).toContain('openebs-hostpath');
    const nodes = await space.kube.list<KubeObject>('/api/v1/nodes?labelSelector=analysis');
    expect(capacity?.nodes.selected).toBe(nodes.length);
    expect(capacity?.slots).toBeGreaterThan(0);
    expect(capacity?.gpus).toMatchObject([{ vendor: 'nvidia', model: 'NVIDIA-A100-SXM4-40GB' }]);
  }, 120_000);

  test('without them each part is said to be unknown, and the deployer works', async () => {
    await space.kube.delete(`/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/vice-deployer-capabilities-${space.namespace}`);
    const parts = ['storage_classes', 'csi_drivers', 'ingress_classes', 'gateway_classes', 'gateways', 'capacity'];
    // kube-apiserver learns of it a moment later.
    const told = await waitFor(async () => (({ unknown, ...rest }) => unknown.length > 0 && { unknown, ...rest })(await toldOnce()), {
      timeoutMs: 60_000,
      what: 'the rights to be gone',
    });
    expect<string[]>(told.unknown).toEqual(parts);
    expect(Object.keys(told).filter((name) => parts.includes(name))).toEqual([]);
    expect(told.kinds).toContain('Deployment');
  }, 120_000);
});
