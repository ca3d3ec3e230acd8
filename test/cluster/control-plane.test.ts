import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Pod } from 'kubernetes-types/core/v1';
import { type Kube, kube } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import { auditLog, tally } from './audit.ts';
import { testClusters } from './clusters.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';

const core = '/api/v1/namespaces/vice-apps';
const deployments = '/apis/apps/v1/namespaces/vice-apps/deployments';

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

async function createOwner(api: Kube, name: string): Promise<Owner> {
  const { metadata } = await api.create(`${core}/configmaps`, { metadata: { name } });
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid: metadata.uid ?? '' };
}

function claim(name: string, owner: Owner) {
  return {
    metadata: { name, ownerReferences: [{ ...owner, blockOwnerDeletion: true }] },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'openebs-hostpath', resources: { requests: { storage: '64Gi' } } },
  };
}

/** As an analysis looks to the scheduler: two containers, a working directory, a node of the right kind. */
function deployment(name: string, owner: Owner, gpus = 0): Deployment {
  const labels = { 'external-id': name };
  const nodeSelector = { key: gpus > 0 ? 'gpu' : 'analysis', operator: 'Exists' };
  return {
    metadata: { name, ownerReferences: [{ ...owner, blockOwnerDeletion: true }] },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...(gpus > 0 && { tolerations: [{ key: 'gpu', operator: 'Equal', value: 'true', effect: 'NoSchedule' }] }),
          affinity: {
            nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [nodeSelector] }] } },
          },
          volumes: [{ name: 'working-dir', persistentVolumeClaim: { claimName: name } }],
          containers: [
            { name: 'vice-proxy', image: 'proxy', resources: { requests: { 'ephemeral-storage': '16Gi' } } },
            {
              name: 'analysis',
              image: 'analysis',
              volumeMounts: [{ name: 'working-dir', mountPath: '/work' }],
              ...(gpus > 0 && { resources: { limits: { 'nvidia.com/gpu': String(gpus) } } }),
            },
          ],
        },
      },
    },
  };
}

async function readyPod(api: Kube, name: string): Promise<Pod> {
  const find = async () => {
    const [pod] = await api.list<Pod>(`${core}/pods?labelSelector=external-id%3D${name}`);
    return pod?.status?.phase === 'Running' && pod.status.containerStatuses?.every(({ ready }) => ready) ? pod : undefined;
  };
  return waitFor(find, { timeoutMs: 20_000, what: `the pod of ${name} to be ready` });
}

describe.each(testClusters())('$name', (cluster) => {
  const api = kube(cluster.kubeconfig);
  const name = `smoke-${crypto.randomUUID().slice(0, 8)}`;

  test('a deployment like that of an analysis becomes ready on a simulated node', async () => {
    const owner = await createOwner(api, name);
    await api.create(`${core}/persistentvolumeclaims`, claim(name, owner));
    await api.create(deployments, deployment(name, owner));
    const pod = await readyPod(api, name);
    expect(pod.spec?.nodeName).toStartWith('analysis-');
    expect(pod.status?.containerStatuses).toHaveLength(2);
  });

  test('its logs are read through kube-apiserver', async () => {
    const pod = await readyPod(api, name);
    const log = await api.text(`${core}/pods/${pod.metadata?.name}/log?container=analysis&tailLines=2`);
    expect(log).toBe('line 19\nline 20\n');
  });

  test('deleting the owner in the foreground removes deployment, pod, claim and volume', async () => {
    const volume = (await api.get<{ spec: { volumeName: string } }>(`${core}/persistentvolumeclaims/${name}`)).spec.volumeName;
    await api.delete(`${core}/configmaps/${name}`, 'Foreground');
    const isGone = async (path: string) => (await api.find(path)) === undefined;
    await waitFor(() => isGone(`${core}/configmaps/${name}`), { timeoutMs: 20_000, what: 'the owner to go' });
    expect(await isGone(`${deployments}/${name}`)).toBe(true);
    expect(await isGone(`${core}/persistentvolumeclaims/${name}`)).toBe(true);
    expect(await api.list(`${core}/pods?labelSelector=external-id%3D${name}`)).toEqual([]);
    await waitFor(() => isGone(`/api/v1/persistentvolumes/${volume}`), { timeoutMs: 20_000, what: 'the volume to go' });
  });

  test('a deployment that asks for GPUs runs on the node that has them', async () => {
    const owner = await createOwner(api, `${name}-gpu`);
    await api.create(`${core}/persistentvolumeclaims`, claim(`${name}-gpu`, owner));
    await api.create(deployments, deployment(`${name}-gpu`, owner, 2));
    const pod = await readyPod(api, `${name}-gpu`);
    expect(pod.spec?.nodeName).toBe('gpu-1');
    await api.delete(`${core}/configmaps/${name}-gpu`, 'Foreground');
  });

  test.if(cluster.auditLog !== undefined)('the audit log tells exactly the requests between two marks', async () => {
    const counted = kube(cluster.kubeconfig, name);
    const log = auditLog(cluster);
    await counted.find(`${core}/configmaps/before`);
    const from = await log.mark();
    await Promise.all(Array.from({ length: 25 }, () => counted.find(`${core}/configmaps/during`)));
    await counted.list(`${core}/pods`);
    const to = await log.mark();
    await counted.find(`${core}/configmaps/after`);
    const mine = (await log.requests(from, to)).filter(({ userAgent }) => userAgent === name);
    expect(tally(mine)).toEqual({ 'get configmaps': 25, 'list pods': 1 });
    expect(mine.find(({ resource }) => resource === 'configmaps')).toMatchObject({ name: 'during', namespace: 'vice-apps', code: 404 });
  });
});

describe('the API alone', () => {
  let folder: string;
  let cluster: ControlPlane;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vice-api-'));
    cluster = await startControlPlane({ name: 'api', folder, workloads: false });
  }, 120_000);

  afterAll(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true });
  }, 120_000);

  test.each(['kube-apiserver', 'etcd'] as const)(
    'a killed %s that starts again has kept its objects',
    async (program) => {
      const api = kube(cluster.kubeconfig);
      await api.create(`${core}/configmaps`, { metadata: { name: `kept-by-${program}` }, data: { answer: '42' } });
      await cluster.kill(program);
      await cluster.restart(program);
      const found = () => api.get<ConfigMap>(`${core}/configmaps/kept-by-${program}`).catch(() => undefined);
      const kept = await waitFor(found, { timeoutMs: 30_000, what: 'the API to answer again' });
      expect(kept.data).toEqual({ answer: '42' });
    },
    120_000,
  );
});
