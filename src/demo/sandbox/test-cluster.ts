import { ApiServer } from './api-server.ts';
import { runControllers } from './controllers/run-controllers.ts';
import { ObjectStore } from './object-store.ts';
import { manualTimers } from './timers.ts';

const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'main', image: 'image:1' }] } };

/** A cluster whose time stands still until a test advances it; `claims` are what the pods of a Deployment mount. */
export function testCluster() {
  const timers = manualTimers();
  let uids = 0;
  const newUid = () => `${Bun.hash.crc32(String(++uids)).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
  const api = new ApiServer(new ObjectStore(), () => new Date('2026-03-01T12:00:00Z'), newUid);
  runControllers(api, timers, { reactMs: 1, collectMs: 10, startMs: 100, stopMs: 50 }, 'node');
  api.create('Namespace', '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } });
  timers.advance(1000);
  return { api, timers };
}

export function configMap(name: string, owner?: { readonly name: string; readonly uid: string }) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...ownedBy(owner) }, data: {} };
}

export function deployment(
  name: string,
  options: { readonly claims?: readonly string[]; readonly owner?: { readonly name: string; readonly uid: string } } = {},
) {
  const volumes = (options.claims ?? []).map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
  const spec = { replicas: 1, selector: { matchLabels: { app: 'x' } }, template: { ...template, spec: { ...template.spec, volumes } } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, ...ownedBy(options.owner) }, spec };
}

export function volume(name: string) {
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec: { capacity: { storage: '5Gi' } } };
}

export function claim(name: string, volumeName?: string) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteMany'], ...(volumeName && { volumeName }) },
  };
}

export function service(name: string) {
  const ports = [{ name: 'http', port: 80 }];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: 'x' }, ports } };
}

function ownedBy(owner: { readonly name: string; readonly uid: string } | undefined) {
  return owner && { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', blockOwnerDeletion: true, ...owner }] };
}
