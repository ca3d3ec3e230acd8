import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { manifestsOf } from '../../src/deployer/manifests.ts';
import type { ViceDeploymentSpec } from '../../src/schema/deployment-spec.ts';
import { goldenText } from '../golden/golden-spec.ts';
import { type HostileCase, hostileCases } from '../hostile/hostile-case.ts';
import { baseOf, hostileDocument } from '../hostile/hostile-spec.ts';
import { kube } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import { testClusters } from './clusters.ts';
import { type DeployerAccount, deployerAccount } from './deployer-account.ts';
import { expectTable, type Row } from './hostile-table.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';
import { type Answer, manifestsIn, type Sent, Straight } from './straight.ts';

// The deployer and its policy have no part in this: what it would refuse is sent straight to kube-apiserver under its account.
const [cluster] = testClusters();
const cases = hostileCases();
const AT_ONCE = 8;
const deploy = `${import.meta.dir}/../../deploy/deployer`;

/** What test/hostile/policies/narrow.yaml says, as the admission policies are told. */
const narrow = {
  images: 'harbor\\.example\\.org/vice/[a-z0-9-]+(?:/[a-z0-9-]+)*(?::[\\w.-]+)?',
  images_of_the_proxy: 'harbor\\.cyverse\\.org/de/vice-proxy(?::[\\w.-]+)?',
  images_of_transfers: 'harbor\\.example\\.org/de/vice-file-transfers(?::[\\w.-]+)?',
  pull_secrets: 'vice-image-pull-secret',
  domains: '(?:west\\.)?cyverse\\.run',
  ingress_classes: 'nginx',
  gateways: 'gateways/vice',
  default_backends: 'vice-default-backend',
  keycloak_urls: 'https://keycloak\\.example\\.org',
  service_urls: 'http://(?:get-analysis-id|check-resource-access)\\.prod|https://de\\.example\\.org/[a-z-]+',
  disable_auth: 'false',
  claim_classes: 'openebs-hostpath|irods-sc',
  data_classes: 'irods-sc',
  csi_drivers: 'irods\\.csi\\.cyverse\\.org',
};

interface Ground {
  readonly space: OwnNamespace;
  readonly account: DeployerAccount;
  readonly straight: Straight;
}

async function ground(files: readonly string[], parameters?: Readonly<Record<string, string>>): Promise<Ground> {
  const space = await ownNamespace(cluster, 'hostile');
  const account = await deployerAccount(cluster, space.namespace, files, parameters);
  return { space, account, straight: new Straight(account.kube, space.namespace, space.kube) };
}

let plain: Ground;
let guarded: Ground;
let narrowed: Ground;
let baseline: OwnNamespace;
let restricted: OwnNamespace;

beforeAll(async () => {
  [plain, guarded, narrowed, baseline, restricted] = await Promise.all([
    ground(['rbac.yaml']),
    ground(['rbac.yaml', 'validating-admission-policy.yaml']),
    ground(['rbac.yaml', 'validating-admission-policy.yaml'], narrow),
    ownNamespace(cluster, 'hostile'),
    ownNamespace(cluster, 'hostile'),
  ]);
  await asShipped(baseline, 'vice-apps');
  await asShipped(restricted, 'vice-system');
}, 120_000);

afterAll(async () => {
  for (const { account, space } of [plain, guarded, narrowed]) {
    await account.drop();
    await space.drop();
  }
  await baseline.drop();
  await restricted.drop();
}, 120_000);

/** Gives a namespace the labels of one that is shipped, which Pod Security admission goes by. */
async function asShipped({ kube: admin, namespace }: OwnNamespace, name: string): Promise<void> {
  const documents = parseAllDocuments(await Bun.file(`${deploy}/namespaces.yaml`).text()).map((document) => document.toJS());
  const labels: unknown = documents.find(({ metadata }) => metadata.name === name)?.metadata.labels;
  await admin.patch(`/api/v1/namespaces/${namespace}`, { metadata: { labels } });
}

/** Volumes belong to no namespace: those of a launch of the same example may be there still. */
function underOwnId<T>(documents: T, base: unknown = documents): T {
  const ids = new Set(JSON.stringify(base).match(/(?<="external_id":")[^"]+/g));
  const text = JSON.stringify(documents);
  return JSON.parse([...ids].reduce((renamed, id) => renamed.replaceAll(id, `t-${Bun.hash.crc32(id).toString(16)}`), text));
}

/** Whether Pod Security admission takes the pod of a Deployment; undefined where there is none. */
async function isPodTaken({ kube: admin, namespace }: OwnNamespace, deployment: Sent | undefined): Promise<boolean | undefined> {
  const template: unknown = Object(Object(deployment).spec).template;
  if (typeof template !== 'object') return undefined;
  const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { name: 'x' } };
  const answer = await admin.create(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod).catch(String);
  if (typeof answer === 'string' && answer.includes('/default: serviceaccount')) throw new Error(answer);
  return typeof answer !== 'string' || !answer.includes('violates PodSecurity');
}

/** Of two objects with one name the second is refused. What is not stored cannot show that. */
function hasTwice(document: unknown): boolean {
  const names = manifestsIn(document).map(({ kind, metadata }) => `${kind}/${Object(metadata).name}`);
  return new Set(names).size < names.length;
}

async function rowOf(hostile: HostileCase): Promise<Row> {
  const golden = await baseOf(hostile);
  // An id that is the attack stays as it is.
  const [document, base] = underOwnId([await hostileDocument(hostile), golden], golden);
  const manifests = manifestsIn(document, base);
  const { id, title, status, because = [] } = hostile;
  const rules = new Set(because.flatMap(({ rule = [] }) => rule));
  const deployer = `${status} ${[...rules].join(', ')}`.trim();
  if (manifests.length === 0) return { id, title, deployer, cluster: undefined, isBaseline: undefined };
  const answer = hasTwice(document) ? 'kube-apiserver' : await plain.straight.sendAll(manifests);
  const { straight } = hostile.policy === undefined ? guarded : narrowed;
  const held: Answer = answer === 'accepted' ? await straight.sendAll(manifests) : answer;
  return {
    id,
    title,
    deployer,
    cluster: held,
    isBaseline: await isPodTaken(
      baseline,
      manifests.find(({ kind }) => kind === 'Deployment'),
    ),
  };
}

test('docs/reference/hostile-specs.md says of each hostile spec what holds it where the policy of the deployer does not', async () => {
  const rows: Row[] = [];
  for (let at = 0; at < cases.length; at += AT_ONCE) rows.push(...(await Promise.all(cases.slice(at, at + AT_ONCE).map(rowOf))));
  await expectTable(rows);
}, 120_000);

describe('golden specs', () => {
  const golden = readdirSync(`${import.meta.dir}/../golden`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of golden) {
    test(`the admission policies take every object of ${name}`, async () => {
      const [spec] = underOwnId([JSON.parse(await goldenText(name))]);
      const manifests = manifestsIn(spec);
      expect(manifests.length).toBeGreaterThan(5);
      for (const manifest of manifests) expect(await guarded.straight.send(manifest)).toEqual({ answer: 'accepted', why: '' });
    });
  }

  for (const name of ['example', 'copied-files', 'http-route']) {
    test(`the admission policies of an administrator who names everything take every object of ${name}`, async () => {
      const [spec] = underOwnId([JSON.parse(await goldenText(name))]);
      for (const manifest of manifestsIn(spec)) expect(await narrowed.straight.send(manifest)).toEqual({ answer: 'accepted', why: '' });
    });
  }

  test('Pod Security admission at baseline takes their pods, but for those that copy files', async () => {
    for (const { name } of golden) {
      const spec = JSON.parse(await goldenText(name));
      const copiesFiles = JSON.stringify(spec).includes('NET_ADMIN');
      expect([name, await isPodTaken(baseline, spec.deployment)]).toEqual([name, !copiesFiles]);
    }
  });
});

test("the deployer's own pod is taken at the level that its namespace asks for", async () => {
  const deployment = parse(await Bun.file(`${deploy}/deployment.yaml`).text());
  // The account is asked for before the level is, and it is not in this namespace.
  const { serviceAccountName, ...pod } = deployment.spec.template.spec;
  expect(serviceAccountName).toBe('vice-deployer');
  expect(await isPodTaken(restricted, { spec: { template: { spec: pod } } })).toBe(true);
  expect(await isPodTaken(restricted, JSON.parse(await goldenText('example')).deployment)).toBe(false);
});

test('somebody else in the same namespace does not notice the admission policies', async () => {
  const admin = new Straight(kube(cluster.kubeconfig), guarded.space.namespace);
  const hostPath = cases.filter(({ id }) => id === 'volume/host-path' || id === 'storage/volume-nfs');
  expect(hostPath).toHaveLength(2);
  for (const hostile of hostPath) expect(await admin.sendAll(manifestsIn(await hostileDocument(hostile), await baseOf(hostile)))).toBe('accepted');
});

test("the admission policies keep the deployer's account from deleting or changing what the deployer did not make", async () => {
  const { space, account } = guarded;
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs' }, data: { a: 'b' } };
  const path = `/api/v1/namespaces/${space.namespace}/configmaps`;
  await space.kube.create(path, configMap);
  const volumes = '/api/v1/persistentvolumes';
  const name = `theirs-${space.namespace}`;
  const spec = {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'theirs',
    nfs: { server: 'nas.internal', path: '/' },
  };
  await space.kube.create(volumes, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec });
  try {
    for (const attempt of [
      () => account.kube.delete(`${path}/theirs`),
      () => account.kube.patch(`${path}/theirs`, { data: { a: 'c' } }),
      () => account.kube.delete(`${volumes}/${name}`),
    ]) {
      const answer: unknown = await attempt().catch(String);
      expect(answer).toContain('the deployer changes and deletes what it made, and nothing else');
    }
  } finally {
    await space.kube.delete(`${volumes}/${name}`);
  }
});

test('the data volume of an analysis cannot be taken by a claim of another namespace that was there first', async () => {
  const { space } = plain;
  const spec: ViceDeploymentSpec = underOwnId(JSON.parse(await goldenText('example')));
  const { volumes, boundClaims } = manifestsOf(spec, space.namespace, crypto.randomUUID());
  const [volume] = volumes;
  const [claim] = boundClaims;
  if (volume === undefined || claim === undefined) throw new Error('the example has a data volume');
  const claimsOf = (namespace: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
  const { ownerReferences: _, ...metadata } = claim.metadata;
  await space.kube.create('/api/v1/persistentvolumes', volume);
  try {
    await space.kube.create(claimsOf(baseline.namespace), { ...claim, metadata: { name: 'thief' } });
    await space.kube.create(claimsOf(space.namespace), { ...claim, metadata });
    const own = `${claimsOf(space.namespace)}/${metadata.name}`;
    const phaseOf = async (path: string) => (await space.kube.get<{ status: { phase?: string } }>(path)).status.phase;
    await waitFor(async () => (await phaseOf(own)) === 'Bound', { timeoutMs: 30_000, what: 'the claim of the analysis to be bound' });
    expect(await phaseOf(`${claimsOf(baseline.namespace)}/thief`)).toBe('Pending');
  } finally {
    await space.kube.delete(`/api/v1/persistentvolumes/${volume.metadata.name}`);
  }
}, 120_000);
