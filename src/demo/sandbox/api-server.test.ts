import { expect, test } from 'bun:test';
import { claim, configMap, testCluster, volume } from './test-cluster.ts';

test('a name is taken once, and the second who wants it is told so in words of Kubernetes', () => {
  const { api } = testCluster();
  api.create('ConfigMap', 'apps', configMap('one'));
  expect(() => api.create('ConfigMap', 'apps', configMap('one'))).toThrow(
    expect.objectContaining({ code: 409, reason: 'AlreadyExists', message: 'configmaps "one" already exists' }),
  );
});

test('a name is still taken while its object is being deleted', () => {
  const { api, timers } = testCluster();
  api.create('PersistentVolume', '', volume('data'));
  api.create('PersistentVolumeClaim', 'apps', claim('data', 'data'));
  timers.advance(100);
  api.delete('PersistentVolume', '', 'data');
  timers.advance(1000);
  expect(() => api.create('PersistentVolume', '', volume('data'))).toThrow(
    expect.objectContaining({ code: 409, message: 'object is being deleted: persistentvolumes "data" already exists' }),
  );
});

test('applying what is there already is no change', () => {
  const { api } = testCluster();
  const created = api.create('ConfigMap', 'apps', configMap('one'));
  expect(api.apply('ConfigMap', 'apps', 'one', configMap('one'))).toEqual({ object: created, isNew: false });
});

test('applying an object that is being deleted succeeds, and it is deleted all the same', () => {
  const { api, timers } = testCluster();
  api.create('PersistentVolume', '', volume('data'));
  api.delete('PersistentVolume', '', 'data');
  expect(api.apply('PersistentVolume', '', 'data', volume('data')).object.metadata.deletionTimestamp).toBe('2026-03-01T12:00:00Z');
  timers.advance(100);
  expect(() => api.get('PersistentVolume', '', 'data')).toThrow('not found');
});

test('applying keeps what others have set', () => {
  const { api, timers } = testCluster();
  api.create('PersistentVolumeClaim', 'apps', claim('work'));
  timers.advance(100);
  const { object } = api.apply('PersistentVolumeClaim', 'apps', 'work', claim('work'));
  expect(object.spec?.volumeName).toStartWith('pvc-');
  expect(object.status?.phase).toBe('Bound');
  expect(object.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
});

test('a delete with another uid or revision in its preconditions deletes nothing', () => {
  const { api } = testCluster();
  const { uid } = api.create('ConfigMap', 'apps', configMap('one')).metadata;
  expect(() => api.delete('ConfigMap', 'apps', 'one', { preconditions: { uid: 'other' } })).toThrow(expect.objectContaining({ code: 409 }));
  expect(() => api.delete('ConfigMap', 'apps', 'one', { preconditions: { uid, resourceVersion: '1' } })).toThrow(
    'Precondition failed: ResourceVersion',
  );
  expect(api.delete('ConfigMap', 'apps', 'one', { preconditions: { uid } })).toBeUndefined();
});

test('a finalizer that a client sets keeps the object until it is taken away', () => {
  const { api } = testCluster();
  api.create('ConfigMap', 'apps', configMap('one'));
  api.mergePatch('ConfigMap', 'apps', 'one', { metadata: { finalizers: ['example.org/hold'] } });
  expect(api.delete('ConfigMap', 'apps', 'one')?.metadata.deletionTimestamp).toBeDefined();
  api.mergePatch('ConfigMap', 'apps', 'one', { metadata: { finalizers: null } });
  expect(() => api.get('ConfigMap', 'apps', 'one')).toThrow('not found');
});

test('a patch that names an older revision is a conflict', () => {
  const { api } = testCluster();
  api.create('ConfigMap', 'apps', configMap('one'));
  const patch = { metadata: { resourceVersion: '1' }, data: { a: 'b' } };
  expect(() => api.mergePatch('ConfigMap', 'apps', 'one', patch)).toThrow(expect.objectContaining({ code: 409, reason: 'Conflict' }));
});

test('a replacement drops what it does not name, keeps the status, and is refused when the object has changed since', () => {
  const { api, timers } = testCluster();
  api.create('PersistentVolumeClaim', 'apps', claim('work'));
  timers.advance(100);
  const { resourceVersion } = api.mergePatch('PersistentVolumeClaim', 'apps', 'work', { metadata: { labels: { a: 'b' } } }).metadata;
  const { metadata, ...rest } = claim('work');
  const replaced = api.replace('PersistentVolumeClaim', 'apps', 'work', { ...rest, metadata: { ...metadata, resourceVersion } });
  expect(replaced.metadata.labels).toBeUndefined();
  expect(replaced.status?.phase).toBe('Bound');
  const again = () => api.replace('PersistentVolumeClaim', 'apps', 'work', { ...rest, metadata: { ...metadata, resourceVersion } });
  expect(again).toThrow(expect.objectContaining({ code: 409, reason: 'Conflict' }));
});

test('a client cannot change uid, name, creation and deletion of an object', () => {
  const { api } = testCluster();
  const { metadata } = api.create('ConfigMap', 'apps', configMap('one'));
  const changed = api.mergePatch('ConfigMap', 'apps', 'one', { metadata: { uid: 'mine', name: 'two', deletionTimestamp: '2026-01-01T00:00:00Z' } });
  expect(changed.metadata).toMatchObject({ uid: metadata.uid, name: 'one' });
  expect(changed.metadata.deletionTimestamp).toBeUndefined();
});

test('nothing is created in a namespace that is not there', () => {
  const { api } = testCluster();
  expect(() => api.create('ConfigMap', 'elsewhere', configMap('one'))).toThrow('namespaces "elsewhere" not found');
});

test('what is no manifest of the kind is refused', () => {
  const { api } = testCluster();
  expect(() => api.create('ConfigMap', 'apps', { ...configMap('one'), kind: 'Secret' })).toThrow(expect.objectContaining({ code: 400 }));
  expect(() => api.create('ConfigMap', 'apps', configMap('No Name'))).toThrow(expect.objectContaining({ code: 422 }));
  expect(() => api.create('ConfigMap', 'apps', 'text')).toThrow(expect.objectContaining({ code: 422 }));
});
