import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { createStandalone, type Standalone } from '../../src/modes/standalone.ts';
import type { ViceDeploymentSpec } from '../../src/schema/deployment-spec.ts';
import { DeployerClient } from '../contract/deployer-client.ts';
import { deployerConformance } from '../contract/deployer-conformance.ts';
import type { KubeObject } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import { auditLog, type Mark } from './audit.ts';
import { testClusters } from './clusters.ts';
import { type OwnNamespace, ownNamespace, standaloneConfig } from './deployer-subject.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
type RbacObject = KubeObject & { readonly rules?: readonly Rule[] };

const [cluster] = testClusters();
const audit = auditLog(cluster);
let space: OwnNamespace;
let granted: readonly Rule[];
let user: string;
let kubeconfigText: string;
let started: Mark;

/** What `deploy/` ships, in a namespace of this test, for the deployer and for the analyses. */
async function rbacObjects(namespace: string): Promise<readonly RbacObject[]> {
  const text = await readFile(join(import.meta.dir, '../../deploy/deployer/rbac.yaml'), 'utf8');
  const own = text
    .replaceAll(/namespace: vice-(system|apps)/g, `namespace: ${namespace}`)
    .replaceAll('vice-deployer-volumes', `vice-deployer-volumes-${namespace}`);
  return parseAllDocuments(own).map((document): RbacObject => document.toJS());
}

function pathOf({ kind = '', metadata }: RbacObject): string {
  const inNamespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  if (kind === 'ServiceAccount') return `/api/v1${inNamespace}/serviceaccounts`;
  return `/apis/rbac.authorization.k8s.io/v1${inNamespace}/${kind.toLowerCase()}s`;
}

/** The cluster's kubeconfig with a token of the service account instead of the administrator's certificate. */
async function kubeconfigFor(namespace: string): Promise<string> {
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/vice-deployer/token`;
  const { status } = await space.kube.create<{ status: { token: string } }>(path, request);
  const config: { users: { user: object }[] } = parse(await readFile(cluster.kubeconfig, 'utf8'));
  for (const entry of config.users) entry.user = { token: status.token };
  return stringify(config);
}

beforeAll(async () => {
  space = await ownNamespace(cluster, 'rbac');
  const { namespace } = space;
  user = `system:serviceaccount:${namespace}:vice-deployer`;
  const objects = await rbacObjects(namespace);
  granted = objects.flatMap(({ rules = [] }) => rules);
  for (const object of objects) await space.kube.create(pathOf(object), object);
  kubeconfigText = await kubeconfigFor(namespace);
  started = await audit.mark();
}, 60_000);

afterAll(async () => {
  const name = `vice-deployer-volumes-${space.namespace}`;
  for (const kind of ['clusterroles', 'clusterrolebindings']) await space.kube.delete(`/apis/rbac.authorization.k8s.io/v1/${kind}/${name}`);
  await space.drop();
}, 60_000);

function startDeployer(): Promise<Standalone> {
  const { kubeconfig: _, ...config } = standaloneConfig(cluster, space.namespace);
  const standalone = createStandalone({ ...config, kubeconfigText }, pino({ level: 'silent' }));
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
    const golden = await readFile(join(import.meta.dir, '../golden/http-route/spec.json'), 'utf8');
    // Volumes belong to no namespace, so the id must be this run's own.
    spec = JSON.parse(golden.replaceAll(JSON.parse(golden).metadata.external_id, crypto.randomUUID()));
  }, 60_000);
  afterAll(() => standalone.stop());

  const routes = () => `/apis/gateway.networking.k8s.io/v1/namespaces/${space.namespace}/httproutes`;
  // The cluster is still busy with what the conformance left behind.
  const removed = () =>
    waitFor(async () => (await client.remove(spec.metadata.external_id)).status === 200, { timeoutMs: 60_000, what: 'everything to be removed' });

  test('an HTTPRoute is written, and written again when somebody deleted it', async () => {
    expect((await client.apply(spec)).status).toBe(201);
    await space.kube.delete(`${routes()}/${spec.http_route?.metadata.name}`);
    await waitFor(async () => (await client.urlReady(spec.metadata.external_id)).body.route === false, {
      timeoutMs: 10_000,
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
  const requests = (await audit.requests(started, await audit.mark())).filter((request) => request.user === user && request.resource !== '');
  const asked = new Set(requests.map(({ verb, resource }) => `${verb} ${resource}`));
  const allowed = granted.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)));
  expect([...asked].filter((request) => !allowed.includes(request))).toEqual([]);
  // The audit log is read without watches; each kind that is listed is watched as well.
  const unused = allowed.filter((grant) => !asked.has(grant.replace(/^watch /, 'list ')) && !NOT_REQUESTED.includes(grant));
  expect(unused).toEqual([]);
});
