import { randomUUID } from 'node:crypto';
import { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import type { Standalone } from '../../src/modes/standalone.ts';
import type { DeploymentStatus } from '../../src/schema/deployment-status.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import type { Kube } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import type { TestCluster } from './clusters.ts';
import { startDeployer } from './deployer-subject.ts';
import { ownNamespace } from './own-namespace.ts';
import { isReady, type Node } from './seed-cluster.ts';

/** A namespace with a deployer, and nodes that nothing else runs on. */
export interface CausesGround {
  readonly namespace: string;
  readonly kube: Kube;
  readonly objects: ClusterObjects<Kube>;
  readonly deployer: DeployerClient;
  /** An analysis that is applied whole, without a pod: what keeps it from running is arranged first. */
  applied(): Promise<string>;
  /** Gives the analysis its pod, with these fields of the pod in place of its own. */
  start(id: string, pod?: object): Promise<void>;
  /** One processor, one GiB, one GPU, one pod; only `onSmallNode` gets there. */
  readonly onSmallNode: object;
  /** Makes one more node that nothing else runs on, and waits until it is ready. `at` is how a pod gets there. */
  addNode(suffix: string, allocatable?: Readonly<Record<string, string>>): Promise<CausesNode>;
  /** Fields of a container that asks for this much. */
  asking(requests: Readonly<Record<string, string>>): object;
  /** Puts another claim in the place of the working directory's. */
  reclaim(id: string, spec: object): Promise<void>;
  untilClaim(id: string, phase: 'Bound' | 'Lost'): Promise<void>;
  /** The status as soon as it has this code, and says this. */
  untilTold(id: string, code: string, says?: string, timeoutMs?: number): Promise<DeploymentStatus>;
  stop(): Promise<void>;
}

export interface CausesNode {
  readonly name: string;
  /** Fields of a pod. */
  readonly at: object;
}

/** A node of kwok's, kept for pods that name it. */
function node(name: string, allocatable: Readonly<Record<string, string>>): object {
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'vice-causes': name }, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
    spec: { taints: [{ key: 'vice-causes', value: 'true', effect: 'NoSchedule' }] },
    status: { allocatable, capacity: allocatable },
  };
}

const SMALL = { cpu: '1', memory: '1Gi', pods: '1', 'ephemeral-storage': '1Gi', 'nvidia.com/gpu': '1' };

export async function causesGround(cluster: TestCluster): Promise<CausesGround> {
  const { namespace, kube, drop } = await ownNamespace(cluster, 'causes');
  const standalone: Standalone = await startDeployer(cluster, namespace);
  const deployer = new DeployerClient(standalone.url);
  const objects = new ClusterObjects(kube, namespace);
  const nodes: string[] = [];
  const tolerations = [{ key: 'vice-causes', operator: 'Exists' }];
  const addNode = async (suffix: string, allocatable = SMALL): Promise<CausesNode> => {
    const name = `${namespace}-${suffix}`;
    nodes.push(name);
    await kube.create('/api/v1/nodes', node(name, allocatable));
    const path = `/api/v1/nodes/${name}`;
    await waitFor(async () => isReady(await kube.get<Node>(path)), { timeoutMs: 60_000, what: `node ${name} to be ready` });
    return { name, at: { nodeSelector: { 'vice-causes': name }, tolerations } };
  };
  const small = await addNode('small');
  await addNode('full', { ...SMALL, pods: '0' });
  const ids: string[] = [];
  return {
    namespace,
    kube,
    objects,
    deployer,
    applied: async () => {
      const id = randomUUID();
      ids.push(id);
      const { status } = await deployer.apply(sampleSpec(id, { replicas: 0 }));
      if (status !== 201) throw new Error(`the analysis was not applied: ${status}`);
      return id;
    },
    start: async (id, pod = {}) => {
      const spec = { replicas: 1, progressDeadlineSeconds: 600, template: { spec: pod } };
      await kube.patch(objects.path('Deployment', id), { spec }, 'strategic');
    },
    onSmallNode: small.at,
    addNode,
    asking: (requests) => ({ containers: [{ name: 'analysis', resources: { requests, limits: requests } }] }),
    reclaim: async (id, spec) => {
      const name = `working-dir-${id}`;
      const { metadata } = await objects.get('PersistentVolumeClaim', name);
      await kube.delete(objects.path('PersistentVolumeClaim', name));
      await waitFor(async () => (await objects.find('PersistentVolumeClaim', name)) === undefined, { timeoutMs: 60_000, what: 'the claim to go' });
      const { labels = {}, ownerReferences = [] } = metadata;
      const all = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } }, ...spec };
      const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, labels, ownerReferences }, spec: all };
      await kube.create(objects.collection('PersistentVolumeClaim'), claim);
    },
    untilClaim: async (id, phase) => {
      const path = objects.path('PersistentVolumeClaim', `working-dir-${id}`);
      const isThere = async () => (await kube.get<{ status: { phase: string } }>(path)).status.phase === phase;
      await waitFor(isThere, { timeoutMs: 60_000, what: `the claim to be ${phase}` });
    },
    untilTold: async (id, code, says = '', timeoutMs = 60_000) => {
      let last = 'nothing';
      const hasCode = async () => {
        const { status, body } = await deployer.status(id);
        if (status !== 200) return false;
        last = `${body.phase} ${body.reason_code}: ${body.message}`;
        return body.reason_code === code && body.message?.includes(says) && body;
      };
      return waitFor(hasCode, { timeoutMs, what: () => `${id} to be ${code} (${says}); last told: ${last}` });
    },
    stop: async () => {
      await Promise.all(ids.map((id) => deployer.removeFully(id)));
      for (const name of nodes) await kube.delete(`/api/v1/nodes/${name}`);
      await standalone.stop();
      await drop();
    },
  };
}
