import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { causes, podsOf } from '../support/recorded-causes.ts';
import { waitFor } from '../support/wait-for.ts';
import { type CausesGround, causesGround } from './causes-ground.ts';
import { testClusters } from './clusters.ts';

const CASE_MS = 180_000;
const [cluster] = testClusters();
let ground: CausesGround;

beforeAll(async () => {
  ground = await causesGround(cluster);
}, CASE_MS);
afterAll(() => ground.stop(), CASE_MS);

/** Arranges that the analysis cannot run. What it gives is undone afterwards. */
type Arrange = (id: string) => Promise<undefined | (() => Promise<unknown>)>;

const pod =
  (fields: () => object): Arrange =>
  async (id) => {
    await ground.start(id, fields());
    return undefined;
  };
/** On the small node, which has room for one container that asks for nothing. */
const asking = (requests: Readonly<Record<string, string>>) => pod(() => ({ ...ground.onSmallNode, ...ground.asking(requests) }));

interface Beside {
  readonly fields?: () => object;
  /** What kube-apiserver says of a pod once the object is in force: it hears of such objects a moment after they were created. */
  readonly refusing?: string;
}

/** Until kube-apiserver hears of what was created, or deleted, a moment ago. */
async function untilRefused(words: string, wanted: boolean): Promise<void> {
  const container = { name: 'x', image: 'x', resources: { limits: { memory: '64Mi' } } };
  const trial = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'trial' }, spec: { containers: [container] } };
  const isRefused = () =>
    ground.kube.create(`/api/v1/namespaces/${ground.namespace}/pods?dryRun=All`, trial).then(
      () => false,
      (err: unknown) => String(err).includes(words),
    );
  await waitFor(async () => (await isRefused()) === wanted, { timeoutMs: 60_000, what: `pods to be refused, or no longer: ${words}` });
}

/** With an object that is in nobody's way once it is deleted again. */
const beside =
  (path: () => string, object: () => { readonly metadata: { readonly name: string } }, { fields = () => ({}), refusing }: Beside = {}): Arrange =>
  async (id) => {
    await ground.kube.create(path(), object());
    if (refusing !== undefined) await untilRefused(refusing, true);
    await ground.start(id, fields());
    return async () => {
      await ground.kube.delete(`${path()}/${object().metadata.name}`);
      if (refusing !== undefined) await untilRefused(refusing, false);
    };
  };
const inNamespace = (plural: string) => () => `/api/v1/namespaces/${ground.namespace}/${plural}`;
const admission = (plural: string) => () => `/apis/admissionregistration.k8s.io/v1/${plural}`;

const claiming =
  (spec: (id: string) => object): Arrange =>
  async (id) => {
    await ground.reclaim(id, spec(id));
    await ground.start(id);
    return undefined;
  };

const volume = (name: string, more: object) => ({
  metadata: { name },
  spec: {
    capacity: { storage: '5Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: 'vice-by-hand',
    hostPath: { path: '/nowhere' },
    ...more,
  },
});
const VOLUMES = '/api/v1/persistentvolumes';
/** A volume for the working directory of this analysis alone. */
const reserved = (id: string, more: object = {}) =>
  volume(`by-hand-${id}`, { claimRef: { namespace: ground.namespace, name: `working-dir-${id}` }, ...more });
const byHand = (id: string) => ({ storageClassName: 'vice-by-hand', volumeName: `by-hand-${id}` });
const dropVolume = (id: string) => () => ground.kube.delete(`${VOLUMES}/by-hand-${id}`);

const elsewhere = {
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['elsewhere'] }] }] },
};

/** A code may be reached in more ways than one. */
const arranged: Readonly<Record<string, Arrange>> = {
  unschedulable_cpu: asking({ cpu: '2' }),
  unschedulable_memory: asking({ memory: '2Gi' }),
  unschedulable_gpu: asking({ 'nvidia.com/gpu': '2' }),
  unschedulable_disk: asking({ 'ephemeral-storage': '2Gi' }),
  unschedulable_resource: asking({ 'example.com/thing': '1' }),
  unschedulable_pods: pod(() => ({ ...ground.onSmallNode, nodeSelector: { 'vice-causes': `${ground.namespace}-full` } })),
  unschedulable_node_selector: pod(() => ({ nodeSelector: { 'vice-causes': 'no-such-node' }, tolerations: [{ operator: 'Exists' }] })),
  unschedulable_taint: pod(() => ({ nodeSelector: { 'vice-causes': `${ground.namespace}-small` }, tolerations: [] })),
  unschedulable_ports: async (id) => {
    const { at } = await ground.addNode('ports', { cpu: '1', memory: '1Gi', pods: '2' });
    const ports = [{ containerPort: 60002, hostPort: 60002 }];
    const path = `${inNamespace('pods')()}/taker`;
    await ground.kube.create(inNamespace('pods')(), { metadata: { name: 'taker' }, spec: { ...at, containers: [{ name: 'x', image: 'x', ports }] } });
    const isPlaced = async () => (await ground.kube.get<{ spec: { nodeName?: string } }>(path)).spec.nodeName;
    await waitFor(isPlaced, { timeoutMs: 60_000, what: 'the pod that takes the port' });
    await ground.start(id, { ...at, containers: [{ name: 'analysis', ports }] });
    return () => ground.kube.delete(path);
  },
  unschedulable_spread: pod(() => {
    const missing = { labelSelector: { matchLabels: { 'vice-causes': 'nobody' } }, topologyKey: 'kubernetes.io/hostname' };
    return { ...ground.onSmallNode, affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [missing] } } };
  }),
  scheduling_gated: pod(() => ({ schedulingGates: [{ name: 'vice.test/not-yet' }] })),
  scheduling: pod(() => ({ schedulerName: 'nobody' })),
  progress_deadline: async (id) => {
    const spec = { replicas: 1, progressDeadlineSeconds: 1, template: { spec: { schedulerName: 'nobody' } } };
    await ground.kube.patch(ground.objects.path('Deployment', id), { spec }, 'strategic');
    return undefined;
  },
  claim_missing: pod(() => ({ volumes: [{ name: 'working-dir', persistentVolumeClaim: { claimName: 'nowhere' } }] })),
  volume_no_class: claiming(() => ({ storageClassName: '' })),
  storage_class_missing: claiming(() => ({ storageClassName: 'no-such-class' })),
  volume_unbound: claiming(() => ({ storageClassName: '', volumeName: 'no-such-volume' })),
  volume_provisioning: async (id) => {
    const storageClass = { metadata: { name: ground.namespace }, provisioner: 'example.com/nobody', volumeBindingMode: 'Immediate' };
    await ground.kube.create('/apis/storage.k8s.io/v1/storageclasses', storageClass);
    await ground.reclaim(id, { storageClassName: ground.namespace });
    await ground.start(id);
    return () => ground.kube.delete(`/apis/storage.k8s.io/v1/storageclasses/${ground.namespace}`);
  },
  volume_mismatch: async (id) => {
    const another = { claimRef: { namespace: ground.namespace, name: 'another', uid: 'another' } };
    await ground.kube.create(VOLUMES, volume(`by-hand-${id}`, another));
    await ground.reclaim(id, byHand(id));
    await ground.start(id);
    return dropVolume(id);
  },
  unschedulable_volume_affinity: async (id) => {
    await ground.reclaim(id, byHand(id));
    await ground.kube.create(VOLUMES, reserved(id, { nodeAffinity: elsewhere }));
    await ground.start(id);
    return dropVolume(id);
  },
  volume_lost: async (id) => {
    await ground.reclaim(id, byHand(id));
    await ground.kube.create(VOLUMES, reserved(id));
    await ground.untilClaim(id, 'Bound');
    await dropVolume(id)();
    await ground.kube.patch(`${VOLUMES}/by-hand-${id}`, { metadata: { finalizers: null } });
    await ground.untilClaim(id, 'Lost');
    await ground.start(id);
    return undefined;
  },
  quota_exceeded: beside(inNamespace('resourcequotas'), () => ({ metadata: { name: 'none' }, spec: { hard: { pods: '0' } } })),
  quota_unspecified: beside(inNamespace('resourcequotas'), () => ({ metadata: { name: 'stated' }, spec: { hard: { 'limits.cpu': '1k' } } }), {
    fields: () => ({ containers: [{ name: 'analysis', resources: { limits: { cpu: null } } }] }),
  }),
  limit_range: beside(
    inNamespace('limitranges'),
    () => ({ metadata: { name: 'small' }, spec: { limits: [{ type: 'Container', max: { memory: '32Mi' } }] } }),
    { refusing: 'maximum memory usage per Container' },
  ),
  service_account_missing: pod(() => ({ serviceAccountName: 'nobody' })),
  priority_class_missing: pod(() => ({ priorityClassName: 'no-such-class' })),
  pod_security: async (id) => {
    const label = (level: string | null) =>
      ground.kube.patch(`/api/v1/namespaces/${ground.namespace}`, { metadata: { labels: { 'pod-security.kubernetes.io/enforce': level } } });
    await label('restricted');
    await ground.start(id);
    return () => label(null);
  },
  admission_unavailable: beside(
    admission('validatingwebhookconfigurations'),
    () => ({
      metadata: { name: ground.namespace },
      webhooks: [
        {
          name: 'nobody.vice.test',
          clientConfig: { service: { namespace: ground.namespace, name: 'nobody' } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ground.namespace } },
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          timeoutSeconds: 1,
        },
      ],
    }),
    { refusing: 'failed calling webhook' },
  ),
  admission_denied: async (id) => {
    const metadata = { name: ground.namespace };
    const policy = {
      metadata,
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ground.namespace } },
        },
        validations: [{ expression: 'false', message: 'only images of our registry' }],
      },
    };
    const paths = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'].map((plural) => admission(plural)());
    const [policies = '', bindings = ''] = paths;
    await ground.kube.create(policies, policy);
    await ground.kube.create(bindings, { metadata, spec: { policyName: ground.namespace, validationActions: ['Deny'] } });
    await untilRefused('only images of our registry', true);
    await ground.start(id);
    return async () => {
      for (const path of paths) await ground.kube.delete(`${path}/${ground.namespace}`);
      await untilRefused('only images of our registry', false);
    };
  },
  scaled_to_zero: async () => undefined,
  deployment_paused: async (id) => {
    const path = ground.objects.path('Deployment', id);
    const { metadata } = await ground.kube.patch<{ metadata: { generation: number } }>(path, { spec: { paused: true } });
    const isSeen = async () =>
      (await ground.kube.get<{ status?: { observedGeneration?: number } }>(path)).status?.observedGeneration === metadata.generation;
    await waitFor(isSeen, { timeoutMs: 60_000, what: 'the pause to be seen' });
    // A Deployment that is paused still scales the ReplicaSet that it has.
    const sets = await ground.kube.list(`/apis/apps/v1/namespaces/${ground.namespace}/replicasets`);
    const own = sets.filter(({ metadata: { ownerReferences = [] } }) => ownerReferences.some(({ name }) => name === id));
    for (const set of own) await ground.kube.delete(`/apis/apps/v1/namespaces/${ground.namespace}/replicasets/${set.metadata.name}`);
    await ground.kube.patch(path, { spec: { replicas: 1 } });
    return undefined;
  },
  incomplete: async (id) => {
    await ground.kube.delete(ground.objects.path('Service', `vice-${id}`));
    return undefined;
  },
  terminating: async (id) => {
    const { name, uid } = (await ground.objects.get('ConfigMap', `vice-${id}`)).metadata;
    // Something that is the anchor's and takes its time.
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name, uid, blockOwnerDeletion: true };
    const slow = { metadata: { name: `slow-${id}`, finalizers: ['vice.test/slow'], ownerReferences: [owner] } };
    await ground.kube.create(inNamespace('configmaps')(), slow);
    await ground.deployer.remove(id);
    return () => ground.kube.patch(`${inNamespace('configmaps')()}/slow-${id}`, { metadata: { finalizers: null } });
  },
  orphaned: async (id) => {
    await ground.kube.delete(ground.objects.path('ConfigMap', `vice-${id}`), 'Foreground');
    return undefined;
  },
};

/** Of which nothing is left once they are undone: the analysis runs by itself. */
const passing = new Set([
  'unschedulable_ports',
  'quota_exceeded',
  'quota_unspecified',
  'limit_range',
  'pod_security',
  'admission_unavailable',
  'admission_denied',
]);

describe('what a real control plane makes of an analysis is told:', () => {
  for (const [code, arrange] of Object.entries(arranged)) {
    test(
      code,
      async () => {
        const id = await ground.applied();
        const undo = await arrange(id);
        try {
          const { phase, message, hint } = await ground.untilTold(id, code);
          expect([phase === 'running', message === undefined, hint === undefined]).toEqual([false, false, false]);
          // Whoever polls is told as well, and "not found" is what nothing of it is.
          expect((await ground.deployer.list()).body.items.find(({ external_id }) => external_id === id)?.reason_code).toBe(code);
        } finally {
          await undo?.();
        }
        if (passing.has(code)) await ground.deployer.untilPhase(id, 'running');
        await ground.deployer.removeFully(id);
      },
      CASE_MS,
    );
  }
});

/** What kubelets tell of the containers of a pod. None runs here, so their part is played: the rest of the way is the real one. */
const ofKubelets = causes.filter((cause) => (cause.waiting ?? cause.terminated ?? cause.running) !== undefined && cause.deployment === undefined);

test(
  'what a kubelet says of the containers of a running analysis, and of their images, is told from its status and its events in kube-apiserver',
  async () => {
    const id = await ground.applied();
    await ground.start(id);
    const { containers } = await ground.deployer.untilPhase(id, 'running');
    const name = containers[0]?.pod ?? '';
    const { metadata } = await ground.objects.get('Pod', name);
    expect(ofKubelets.length).toBeGreaterThan(35);
    for (const [n, cause] of ofKubelets.entries()) {
      const events = (cause.events ?? []).map(({ reason, message, fieldPath }, m) => ({
        metadata: { name: `${name}.${n}-${m}` },
        involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: ground.namespace, name, uid: metadata.uid, fieldPath },
        type: 'Warning',
        reason,
        message,
      }));
      for (const event of events) await ground.kube.create(inNamespace('events')(), event);
      const [{ status } = { status: {} }] = podsOf(cause);
      await ground.kube.patch(`${ground.objects.path('Pod', name)}/status`, { status: { ...status, phase: 'Running' } });
      await ground.untilTold(id, cause.code, cause.says);
      for (const event of events) await ground.kube.delete(`${inNamespace('events')()}/${event.metadata.name}`);
    }
  },
  CASE_MS,
);
