import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Kube, KubeError } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import { binFolder } from './build.ts';

const namespace = 'vice-apps';

export interface SeedOptions {
  /** With nodes for pods to run on. */
  readonly workloads: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Puts into a new cluster what its administrator would: namespace, storage class, Gateway API, nodes. Waits until the nodes are ready. */
export async function seedCluster(kube: Kube, { workloads, signal }: SeedOptions): Promise<void> {
  const create = (path: string, object: unknown) => kube.create(path, object).catch(unlessThere);
  await Promise.all([
    create('/api/v1/namespaces', { metadata: { name: namespace } }),
    create('/apis/storage.k8s.io/v1/storageclasses', storageClass),
    create('/apis/storage.k8s.io/v1/csidrivers', csiDriver),
    create('/apis/networking.k8s.io/v1/ingressclasses', ingressClass),
    ...keptParameters.map(({ path, object }) => create(path, object)),
    ...['gatewayclasses', 'gateways', 'httproutes'].map(async (kind) =>
      create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', parse(await readFile(join(binFolder, 'crds', `${kind}.yaml`), 'utf8'))),
    ),
    ...(workloads ? nodes.map((node) => create('/api/v1/nodes', node)) : []),
  ]);
  await waitFor(async () => (await kube.find('/apis/gateway.networking.k8s.io/v1')) !== undefined, {
    timeoutMs: 30_000,
    what: 'the Gateway API',
    signal,
  });
  if (!workloads) return;
  const areReady = async () => (await kube.list<Node>('/api/v1/nodes')).every(isReady);
  await waitFor(areReady, { timeoutMs: 60_000, what: 'the nodes to be ready', signal });
  const hasAccount = async () => (await kube.find(`/api/v1/namespaces/${namespace}/serviceaccounts/default`)) !== undefined;
  await waitFor(hasAccount, { timeoutMs: 60_000, what: 'the service account without which no pod is admitted', signal });
}

/**
 * A binding that refuses nothing and has a ConfigMap for its parameters: a second after the last such binding has gone, kube-apiserver stops to read ConfigMaps as
 * parameters, and does not begin again before it is restarted, so that one test file's policies would be the end of another's;
 * https://github.com/kubernetes/kubernetes/issues/130887.
 */
const keptParameters = [
  {
    path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
    object: {
      metadata: { name: 'keeps-parameters' },
      spec: {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        matchConstraints: { resourceRules: [{ apiGroups: ['test.vice'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nothing'] }] },
        validations: [{ expression: 'true' }],
      },
    },
  },
  {
    path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
    object: {
      metadata: { name: 'keeps-parameters' },
      spec: {
        policyName: 'keeps-parameters',
        paramRef: { namespace: 'default', name: 'none', parameterNotFoundAction: 'Allow' },
        validationActions: ['Deny'],
      },
    },
  },
];

/** Volumes of this class are made by the stages in stages/volumes.yaml. */
const storageClass = {
  metadata: { name: 'openebs-hostpath' },
  provisioner: 'test.vice/hostpath',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};

/** As its own installation says it: nothing to attach. */
const csiDriver = { metadata: { name: 'irods.csi.cyverse.org' }, spec: { attachRequired: false, podInfoOnMount: true } };

const ingressClass = { metadata: { name: 'nginx' }, spec: { controller: 'test.vice/none' } };

export interface Node {
  status: { conditions?: { type: string; status: string }[] };
}

export const isReady = ({ status }: Node) => status.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') ?? false;

/** Large enough that thousands of analyses fit: the proxy of each asks for 16Gi of ephemeral storage. */
const size = { cpu: '10k', memory: '100Ti', pods: '20k', 'ephemeral-storage': '100Ti' };
const gpus = { 'nvidia.com/gpu': '64' };

function node(name: string, labels: Record<string, string>, resources: Record<string, string>, taints: readonly object[] = []) {
  return {
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', ...labels },
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
    },
    spec: { taints },
    status: { allocatable: resources, capacity: resources },
  };
}

const nodes = [
  ...[1, 2, 3].map((n) => node(`analysis-${n}`, { analysis: 'true', vice: 'true' }, size)),
  node('gpu-1', { analysis: 'true', gpu: 'true', 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB' }, { ...size, ...gpus }, [
    { key: 'gpu', value: 'true', effect: 'NoSchedule' },
  ]),
];

function unlessThere(err: unknown): void {
  if (!(err instanceof KubeError && err.status === 409)) throw err;
}
