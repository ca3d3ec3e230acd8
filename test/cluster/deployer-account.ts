import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { type Kube, type KubeObject, kube } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import type { TestCluster } from './clusters.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
type Shipped = KubeObject & { readonly rules?: readonly Rule[]; readonly data?: Record<string, string> };

/** The deployer's account as `deploy/` ships it, in a namespace of a test's own that is both its own and that of the analyses. */
export interface DeployerAccount {
  /** As audit logs have it. */
  readonly user: string;
  readonly granted: readonly Rule[];
  /** Of the account instead of the administrator's. */
  readonly kubeconfigText: string;
  /** Requests under the account. */
  readonly kube: Kube;
  /** Removes what belongs to no namespace. */
  drop(): Promise<void>;
}

/**
 * With `files` of `deploy/deployer/` applied: `rbac.yaml`, and `validating-admission-policy.yaml`, in force when this resolves. `parameters` are what an
 * administrator would change of those that the admission policies have.
 */
export async function deployerAccount(
  cluster: TestCluster,
  namespace: string,
  files: readonly string[],
  parameters: Readonly<Record<string, string>> = {},
): Promise<DeployerAccount> {
  const admin = kube(cluster.kubeconfig);
  const objects = (await Promise.all(files.map((file) => shipped(file, namespace)))).flat();
  for (const object of objects) {
    if (object.data) Object.assign(object.data, parameters);
    await admin.create(pathOf(object), object);
  }
  const kubeconfigText = await kubeconfigFor(cluster, admin, namespace);
  const folder = await mkdtemp(join(tmpdir(), 'vice-account-'));
  await writeFile(join(folder, 'kubeconfig'), kubeconfigText);
  const account = kube(join(folder, 'kubeconfig'));
  await rm(folder, { recursive: true });
  if (objects.some(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding')) await untilInForce(account, namespace);
  return {
    user: `system:serviceaccount:${namespace}:vice-deployer`,
    granted: objects.flatMap(({ rules = [] }) => rules),
    kubeconfigText,
    kube: account,
    drop: async () => {
      for (const object of objects) if (object.metadata.namespace === undefined) await admin.delete(`${pathOf(object)}/${object.metadata.name}`);
    },
  };
}

/** What `deploy/` ships, with the test's namespace in the place of both of its own, and names of its own for what belongs to none. */
async function shipped(file: string, namespace: string): Promise<readonly Shipped[]> {
  const text = await readFile(join(import.meta.dir, '../../deploy/deployer', file), 'utf8');
  const own = text
    .replaceAll(/\bvice-(system|apps)\b/g, namespace)
    .replaceAll(/\bvice-deployer-(volumes|capabilities|objects|pods|network|ingresses|routes|claims)\b/g, `vice-deployer-$1-${namespace}`);
  return parseAllDocuments(own).map((document): Shipped => document.toJS());
}

function pathOf({ apiVersion = '', kind = '', metadata }: Shipped): string {
  const plural = kind === 'ValidatingAdmissionPolicy' ? 'validatingadmissionpolicies' : `${kind.toLowerCase()}s`;
  const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return `${group}${metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`}/${plural}`;
}

/** The cluster's kubeconfig with a token of the service account instead of the administrator's certificate. */
async function kubeconfigFor(cluster: TestCluster, admin: Kube, namespace: string): Promise<string> {
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/vice-deployer/token`;
  const { status } = await admin.create<{ status: { token: string } }>(path, request);
  const config: { users: { user: object }[] } = parse(await readFile(cluster.kubeconfig, 'utf8'));
  for (const entry of config.users) entry.user = { token: status.token };
  return stringify(config);
}

/** kube-apiserver reads policies and bindings from time to time, all of them at once: when it knows the last, it knows every one. */
async function untilInForce(account: Kube, namespace: string): Promise<void> {
  const labels = { 'external-id': 'x', 'app.kubernetes.io/managed-by': 'vice-deployer', 'vice/namespace': namespace };
  const claimRef = { kind: 'PersistentVolumeClaim', namespace, name: 'csi-data-volume-claim-x' };
  const spec = {
    claimRef,
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: '/x' },
  };
  const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'csi-data-volume-x', labels }, spec };
  const isRefused = () =>
    account.create('/api/v1/persistentvolumes?dryRun=All', volume).then(
      () => false,
      (err: unknown) => String(err).includes('one of the data store'),
    );
  await waitFor(isRefused, { timeoutMs: 60_000, everyMs: 100, what: 'the admission policies to be in force' });
}
