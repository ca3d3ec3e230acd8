import type { ApiServer } from '../api-server.ts';
import type { Stored } from '../kinds.ts';

/** Binds claims and volumes, releases volumes whose claim is gone, and lets go what nothing uses any more. */
export function tendVolumes(api: ApiServer): void {
  for (const claim of api.store.list('PersistentVolumeClaim')) tendClaim(api, claim);
  for (const volume of api.store.list('PersistentVolume')) tendVolume(api, volume);
}

function tendClaim(api: ApiServer, claim: Stored<'PersistentVolumeClaim'>): void {
  if (claim.metadata.deletionTimestamp !== undefined) {
    if (!isUsed(api, claim)) unprotect(api, claim, 'kubernetes.io/pvc-protection');
  } else if (claim.status?.phase === undefined) {
    api.store.put('PersistentVolumeClaim', { ...claim, status: { phase: 'Pending' } });
  } else if (claim.status.phase === 'Pending') {
    bind(api, claim);
  }
}

/** A claim that names its volume waits for it. Every other storage class is taken for one that provides volumes by itself. */
function bind(api: ApiServer, claim: Stored<'PersistentVolumeClaim'>): void {
  const { namespace, name, uid } = claim.metadata;
  const wanted = claim.spec?.volumeName;
  const bound = { phase: 'Bound', accessModes: claim.spec?.accessModes ?? [], capacity: claim.spec?.resources?.requests ?? {} };
  if (wanted === undefined) {
    const volumeName = `pvc-${uid}`;
    api.store.put('PersistentVolumeClaim', { ...claim, spec: { ...claim.spec, volumeName }, status: bound });
    return;
  }
  const volume = api.store.get('PersistentVolume', '', wanted);
  if (volume === undefined || volume.metadata.deletionTimestamp !== undefined || volume.status?.phase !== 'Available') return;
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: namespace ?? '', name, uid };
  api.store.put('PersistentVolume', { ...volume, spec: { ...volume.spec, claimRef }, status: { phase: 'Bound' } });
  api.store.put('PersistentVolumeClaim', { ...claim, status: bound });
}

function tendVolume(api: ApiServer, volume: Stored<'PersistentVolume'>): void {
  const phase = phaseOf(api, volume);
  if (volume.metadata.deletionTimestamp !== undefined && phase !== 'Bound') unprotect(api, volume, 'kubernetes.io/pv-protection');
  else if (phase !== volume.status?.phase) api.store.put('PersistentVolume', { ...volume, status: { phase } });
}

function phaseOf(api: ApiServer, volume: Stored<'PersistentVolume'>): string {
  const claimRef = volume.spec?.claimRef;
  if (claimRef?.uid === undefined) return 'Available';
  const claim = api.store.get('PersistentVolumeClaim', claimRef.namespace ?? '', claimRef.name ?? '');
  return claim?.metadata.uid === claimRef.uid ? 'Bound' : 'Released';
}

function isUsed(api: ApiServer, claim: Stored<'PersistentVolumeClaim'>): boolean {
  const pods = api.store.list('Pod', claim.metadata.namespace);
  return pods.some(({ spec }) => spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name));
}

function unprotect(api: ApiServer, object: Stored<'PersistentVolume' | 'PersistentVolumeClaim'>, finalizer: string): void {
  const finalizers = object.metadata.finalizers ?? [];
  if (!finalizers.includes(finalizer)) return;
  api.settle({ ...object, metadata: { ...object.metadata, finalizers: finalizers.filter((name) => name !== finalizer) } });
}
