import { expect, test } from 'bun:test';
import { claim, configMap, deployment, service, testCluster, volume } from '../test-cluster.ts';

type Cluster = ReturnType<typeof testCluster>;

/** Everything in the namespace and every volume, as `Kind/name`. */
function names({ api }: Cluster): string[] {
  return api.store
    .all()
    .filter(({ kind }) => kind !== 'Namespace')
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

function launch({ api }: Cluster) {
  const { metadata } = api.create('ConfigMap', 'apps', configMap('anchor'));
  const owner = { name: metadata.name, uid: metadata.uid };
  api.create('Deployment', 'apps', deployment('x', { claims: ['data'], owner }));
  api.create('PersistentVolume', '', volume('data'));
  const { metadata: of, ...rest } = claim('data', 'data');
  api.create('PersistentVolumeClaim', 'apps', { ...rest, metadata: { ...of, ...configMap('', owner).metadata, name: 'data' } });
  api.create('Service', 'apps', service('x'));
  return owner;
}

test('a deployment gets a pod that is ready once its claims are bound', () => {
  const cluster = testCluster();
  launch(cluster);
  cluster.timers.advance(150);
  const [pod] = cluster.api.store.list('Pod');
  expect(pod?.status).toMatchObject({ phase: 'Running', containerStatuses: [{ name: 'main', ready: true }] });
  expect(cluster.api.get('Deployment', 'apps', 'x').status).toMatchObject({
    readyReplicas: 1,
    observedGeneration: 1,
    conditions: [{ status: 'True' }],
  });
  expect(cluster.api.get('PersistentVolume', '', 'data').status?.phase).toBe('Bound');
});

test('a pod whose claim is missing stays pending, says why, and starts when the claim comes', () => {
  const cluster = testCluster();
  cluster.api.create('Deployment', 'apps', deployment('x', { claims: ['late'] }));
  cluster.timers.advance(1000);
  expect(cluster.api.store.list('Pod')[0]?.status).toMatchObject({
    phase: 'Pending',
    conditions: [{ reason: 'Unschedulable', message: expect.stringContaining('persistentvolumeclaim "late" not found') }],
  });
  cluster.api.create('PersistentVolumeClaim', 'apps', claim('late'));
  cluster.timers.advance(150);
  expect(cluster.api.store.list('Pod')[0]?.status?.phase).toBe('Running');
});

test('a service has one slice with its ready pod, and an empty one when the pod is gone', () => {
  const cluster = testCluster();
  launch(cluster);
  cluster.timers.advance(150);
  const [pod] = cluster.api.store.list('Pod');
  const slices = () => cluster.api.store.list('EndpointSlice');
  expect(slices()).toMatchObject([{ endpoints: [{ conditions: { ready: true }, targetRef: { name: pod?.metadata.name ?? '' } }] }]);
  expect(slices()[0]?.metadata.labels?.['kubernetes.io/service-name']).toBe('x');
  cluster.api.delete('Deployment', 'apps', 'x');
  cluster.timers.advance(200);
  expect(slices()).toMatchObject([{ endpoints: [] }]);
});

test('a pod that is deleted alone is replaced', () => {
  const cluster = testCluster();
  cluster.api.create('Deployment', 'apps', deployment('x'));
  cluster.timers.advance(150);
  const first = cluster.api.store.list('Pod')[0]?.metadata.name ?? '';
  cluster.api.delete('Pod', 'apps', first);
  cluster.timers.advance(200);
  const [second, ...others] = cluster.api.store.list('Pod');
  expect(others).toEqual([]);
  expect(second?.metadata.name).not.toBe(first);
  expect(second?.status?.phase).toBe('Running');
});

test('an owner that is deleted in the foreground stays until the last thing it owns is gone', () => {
  const cluster = testCluster();
  launch(cluster);
  cluster.timers.advance(150);
  cluster.api.delete('ConfigMap', 'apps', 'anchor', { propagationPolicy: 'Foreground' });
  cluster.timers.advance(30);
  expect(cluster.api.get('ConfigMap', 'apps', 'anchor').metadata).toMatchObject({ finalizers: ['foregroundDeletion'] });
  cluster.timers.advance(500);
  expect(names(cluster)).toEqual(expect.not.arrayContaining(['ConfigMap/anchor', 'Deployment/x', 'PersistentVolumeClaim/data']));
  expect(cluster.api.store.list('Pod')).toEqual([]);
  expect(cluster.api.get('PersistentVolume', '', 'data').status?.phase).toBe('Released');
});

test('an owner in the foreground waits as long as something holds what it owns', () => {
  const cluster = testCluster();
  launch(cluster);
  cluster.api.mergePatch('PersistentVolumeClaim', 'apps', 'data', { metadata: { finalizers: ['example.org/hold'] } });
  cluster.api.delete('ConfigMap', 'apps', 'anchor', { propagationPolicy: 'Foreground' });
  cluster.timers.advance(60_000);
  expect(cluster.api.get('ConfigMap', 'apps', 'anchor').metadata.deletionTimestamp).toBeDefined();
  cluster.api.mergePatch('PersistentVolumeClaim', 'apps', 'data', { metadata: { finalizers: [] } });
  cluster.timers.advance(500);
  expect(() => cluster.api.get('ConfigMap', 'apps', 'anchor')).toThrow('not found');
});

test('a claim goes after the pod that uses it, and its volume after the claim', () => {
  const cluster = testCluster();
  launch(cluster);
  cluster.timers.advance(150);
  cluster.api.delete('PersistentVolume', '', 'data');
  cluster.api.delete('PersistentVolumeClaim', 'apps', 'data');
  cluster.timers.advance(1000);
  expect(names(cluster)).toEqual(expect.arrayContaining(['PersistentVolume/data', 'PersistentVolumeClaim/data']));
  cluster.api.delete('Deployment', 'apps', 'x');
  cluster.timers.advance(200);
  expect(names(cluster)).toEqual(expect.not.arrayContaining(['PersistentVolume/data', 'PersistentVolumeClaim/data']));
});

test('what comes late, under an owner that is gone, is collected after a moment', () => {
  const cluster = testCluster();
  const owner = launch(cluster);
  cluster.api.delete('ConfigMap', 'apps', 'anchor', { propagationPolicy: 'Foreground' });
  cluster.timers.advance(1000);
  cluster.api.create('ConfigMap', 'apps', configMap('late', owner));
  expect(cluster.api.get('ConfigMap', 'apps', 'late').metadata.name).toBe('late');
  cluster.timers.advance(50);
  expect(() => cluster.api.get('ConfigMap', 'apps', 'late')).toThrow('not found');
});

test('a new owner of the same name does not adopt what the old one owned', () => {
  const cluster = testCluster();
  const owner = launch(cluster);
  cluster.api.delete('ConfigMap', 'apps', 'anchor', { propagationPolicy: 'Foreground' });
  cluster.timers.advance(1000);
  cluster.api.create('ConfigMap', 'apps', configMap('anchor'));
  cluster.api.create('ConfigMap', 'apps', configMap('late', owner));
  cluster.timers.advance(50);
  expect(() => cluster.api.get('ConfigMap', 'apps', 'late')).toThrow('not found');
  expect(cluster.api.get('ConfigMap', 'apps', 'anchor').metadata.name).toBe('anchor');
});
