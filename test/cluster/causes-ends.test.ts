import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { KubeError } from '../support/kube.ts';
import { causes, podsOf } from '../support/recorded-causes.ts';
import { waitFor } from '../support/wait-for.ts';
import { type CausesGround, type CausesNode, causesGround } from './causes-ground.ts';
import { testClusters } from './clusters.ts';

/** Kubernetes takes a minute until it gives a node up, and as long until it forgets the pods of one that is not there any more. */
const NODE_MS = 150_000;
const CASE_MS = 360_000;
const [cluster] = testClusters();
let ground: CausesGround;
let first: CausesNode;
let second: CausesNode;

beforeAll(async () => {
  ground = await causesGround(cluster);
  [first, second] = await Promise.all([ground.addNode('first', ROOM), ground.addNode('second', ROOM)]);
}, CASE_MS);
afterAll(() => ground.stop(), CASE_MS);

const ROOM = { cpu: '10', memory: '10Gi', pods: '10' };

/** Pods wait until the test places them, as others wait until a large image is pulled: what became of the one before is told as long. */
const byHand = { schedulerName: 'by-hand' };

interface Pod {
  metadata: { name: string; deletionTimestamp?: string };
  spec: { nodeName?: string };
  status: { phase?: string; conditions?: { type: string; reason?: string; message?: string }[] };
}

/** Puts the pod that waits onto a node, and gives its name once the analysis runs there. */
async function place(id: string, { name: node }: CausesNode): Promise<string> {
  const pods = `/api/v1/namespaces/${ground.namespace}/pods`;
  const waiting = async () => {
    const all = await ground.kube.list<Pod>(`${pods}?labelSelector=external-id%3D${id}`);
    return all.find(({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.nodeName === undefined);
  };
  const { metadata } = await waitFor(waiting, { timeoutMs: 60_000, what: `a pod of ${id} that waits for a node` });
  await ground.kube.create(`${pods}/${metadata.name}/binding`, { metadata: { name: metadata.name }, target: { kind: 'Node', name: node } });
  await ground.deployer.untilPhase(id, 'running');
  return metadata.name;
}

async function placed(node: CausesNode, pod: object = {}): Promise<{ readonly id: string; readonly pod: string }> {
  const id = await ground.applied();
  await ground.start(id, { ...node.at, ...byHand, ...pod });
  return { id, pod: await place(id, node) };
}

/** Who ended the pod, and why, as Kubernetes has it. */
async function disruption(pod: string) {
  const { status } = await ground.kube.get<Pod>(ground.objects.path('Pod', pod));
  return status.conditions?.find(({ type }) => type === 'DisruptionTarget');
}

async function untilGone(pod: string): Promise<void> {
  const isGone = async () => (await ground.objects.find('Pod', pod)) === undefined;
  await waitFor(isGone, { timeoutMs: 60_000, what: `pod ${pod} to go` });
}

describe('an analysis whose pod was ended says by whom, and runs again as soon as its next pod does:', () => {
  test(
    'by a kubelet',
    async () => {
      let { id, pod } = await placed(first);
      const ended = causes.filter((cause) => cause.ended !== undefined);
      expect(ended.length).toBeGreaterThan(8);
      for (const cause of ended) {
        const [{ status } = { status: {} }] = podsOf(cause);
        const conditions = ['Ready', 'ContainersReady'].map((type) => ({ type, status: 'False', reason: 'PodFailed' }));
        await ground.kube.patch(`${ground.objects.path('Pod', pod)}/status`, { status: { ...status, conditions } }, 'strategic');
        const { phase } = await ground.untilTold(id, cause.code, cause.says);
        expect(String(phase)).toBe(cause.phase);
        // It stays beside its successor, as kubelets leave it.
        const next = await place(id, first);
        await ground.kube.delete(ground.objects.path('Pod', pod));
        await untilGone(pod);
        pod = next;
      }
      await ground.deployer.removeFully(id);
      await ground.objects.untilNothing(id);
    },
    CASE_MS,
  );

  test(
    'by who empties its node, which the budget of the analysis forbids until it is widened',
    async () => {
      const { id, pod } = await placed(first);
      const release = await ground.objects.hold('Pod', pod);
      const evict = () =>
        ground.kube
          .create(`${ground.objects.path('Pod', pod)}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod } })
          .then(
            () => true,
            (err: unknown) => {
              if (err instanceof KubeError && err.status === 429) return false;
              throw err;
            },
          );
      try {
        expect(await evict()).toBe(false);
        expect((await ground.deployer.status(id)).body.phase).toBe('running');
        await ground.kube.patch(ground.objects.path('PodDisruptionBudget', id), { spec: { maxUnavailable: 1 } });
        await waitFor(evict, { timeoutMs: 60_000, what: 'the eviction to be allowed' });
        const { phase, message, hint } = await ground.untilTold(id, 'evicted', 'Eviction API');
        expect([phase, message, hint]).toEqual(['pending', expect.stringContaining('moved off its node'), expect.stringContaining('maintained')]);
        expect((await disruption(pod))?.reason).toBe('EvictionByEvictionAPI');
      } finally {
        await release();
      }
      await untilGone(pod);
      await place(id, second);
      await ground.deployer.removeFully(id);
      await ground.objects.untilNothing(id);
    },
    CASE_MS,
  );

  test(
    'by the scheduler, for a pod of a higher priority class that has no room elsewhere',
    async () => {
      const node = await ground.addNode('contended');
      const { id, pod } = await placed(node, ground.asking({ cpu: '1' }));
      const release = await ground.objects.hold('Pod', pod);
      const priorityClass = `/apis/scheduling.k8s.io/v1/priorityclasses/${ground.namespace}`;
      const pods = ground.objects.collection('Pod');
      const container = { name: 'urgent', image: 'urgent', resources: { limits: { cpu: '1' } } };
      const urgent = { metadata: { name: 'urgent' }, spec: { ...node.at, priorityClassName: ground.namespace, containers: [container] } };
      await ground.kube.create(priorityClass.slice(0, priorityClass.lastIndexOf('/')), { metadata: { name: ground.namespace }, value: 1000 });
      try {
        const isTaken = () =>
          ground.kube.create(pods, urgent).catch((err: unknown) => {
            if (err instanceof KubeError && err.status === 403) return undefined; // kube-apiserver hears of the class a moment later
            throw err;
          });
        await waitFor(isTaken, { timeoutMs: 60_000, what: 'the priority class to be in force' });
        const { phase, message } = await ground.untilTold(id, 'preempted', 'default-scheduler: preempting');
        expect([phase, message]).toEqual(['pending', expect.stringContaining('More important work took the place')]);
        expect((await disruption(pod))?.reason).toBe('PreemptionByScheduler');
        await release();
        await untilGone(pod);
        const hasPlace = async () => (await ground.kube.get<Pod>(`${pods}/urgent`)).status.phase === 'Running';
        await waitFor(hasPlace, { timeoutMs: 60_000, what: 'the urgent pod to run' });
        await ground.kube.delete(`${pods}/urgent`);
        await untilGone('urgent');
        await place(id, node);
      } finally {
        await release();
        await ground.kube.delete(`${pods}/urgent`);
        await ground.kube.delete(priorityClass);
      }
      await ground.deployer.removeFully(id);
      await ground.objects.untilNothing(id);
    },
    CASE_MS,
  );

  test(
    'by the loss of its node, of which nothing is heard any more',
    async () => {
      const node = await ground.addNode('lost', ROOM);
      const unreachable = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' };
      const impatient = {
        tolerations: [
          { key: 'vice-causes', operator: 'Exists' },
          { ...unreachable, tolerationSeconds: 0 },
        ],
      };
      const [moved, patient, stuck] = await Promise.all([placed(node, impatient), placed(node), ground.applied()]);
      // kwok leaves a node alone whose lease somebody else has.
      const lease = { spec: { holderIdentity: 'nobody', leaseDurationSeconds: 86_400 } };
      await ground.kube.patch(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node.name}`, lease);

      // While its time to come back runs ...
      expect((await ground.untilTold(patient.id, 'node_lost', 'does not answer', NODE_MS)).phase).toBe('pending');
      expect(await disruption(patient.pod)).toBeUndefined();
      // ... and when it is over.
      await ground.untilTold(moved.id, 'node_lost', 'Taint manager');
      expect((await disruption(moved.pod))?.reason).toBe('DeletionByTaintManager');
      await place(moved.id, first);
      await ground.start(stuck, node.at);
      const { hint } = await ground.untilTold(stuck, 'unschedulable_node_selector', 'untolerated taint');
      expect(hint).toContain('when nodes that have them are in service again');

      // Nobody on that node says that its pods have ended, so what is removed waits for the node to be given up.
      await ground.deployer.remove(moved.id);
      await ground.untilTold(moved.id, 'terminating');
      const release = await ground.objects.hold('Pod', patient.pod);
      try {
        await ground.kube.delete(`/api/v1/nodes/${node.name}`);
        await ground.untilTold(patient.id, 'node_lost', 'node no longer exists', NODE_MS);
        expect((await disruption(patient.pod))?.reason).toBe('DeletionByPodGC');
      } finally {
        await release();
      }
      await untilGone(patient.pod);
      await place(patient.id, second);
      for (const id of [moved.id, patient.id, stuck]) {
        await ground.deployer.removeFully(id);
        await ground.objects.untilNothing(id);
      }
    },
    CASE_MS,
  );
});
