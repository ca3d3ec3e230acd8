import { LABEL } from '../../schema/label-keys.ts';
import type { PersistentVolumeClaimManifest, PersistentVolumeManifest } from '../../schema/manifest.ts';
import { formatQuantity, unitsQuantity } from '../../schema/quantity.ts';
import { uidOf } from '../body/container-of.ts';
import type { Parts } from '../parts.ts';
import { pathMappings } from './path-mappings.ts';

const GIB = 1024 ** 3;
/** The smallest local volume; also what the data store's volume claims to be, where the driver does not look at the size. */
const LEAST_BYTES = 5 * GIB;

/** The data store as a volume of the cluster, where its CSI driver mounts it. */
export function persistentVolumes({ analysis, profile, names, labels }: Parts): PersistentVolumeManifest[] {
  if (!profile.useCsiDriver) return [];
  const uid = String(uidOf(analysis));
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: names.dataVolume, labels: { ...labels, [LABEL.volumeName]: names.dataVolumeLabel } },
      spec: {
        capacity: { storage: size(LEAST_BYTES) },
        volumeMode: 'Filesystem',
        accessModes: ['ReadWriteMany'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: profile.csiStorageClass,
        csi: {
          driver: profile.csiDriver,
          volumeHandle: names.dataVolumeHandle,
          volumeAttributes: {
            client: 'irodsfuse',
            path_mapping_json: JSON.stringify(pathMappings(analysis, profile)),
            no_permission_check: 'true',
            clientUser: analysis.username,
            uid,
            gid: uid,
          },
        },
      },
    },
  ];
}

/** The working directory's claim, and the data store's where its CSI driver mounts it. */
export function persistentVolumeClaims({ analysis, profile, names, labels }: Parts): PersistentVolumeClaimManifest[] {
  const claim = (name: string, spec: PersistentVolumeClaimManifest['spec']): PersistentVolumeClaimManifest => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, labels },
    ...(spec !== undefined && { spec }),
  });
  const disk = Math.max(LEAST_BYTES, ...analysis.steps.map((step) => step.component.container.min_disk_space ?? 0));
  const workingDir = claim(names.workingDir, {
    accessModes: ['ReadWriteOnce'],
    storageClassName: profile.localStorageClass,
    resources: { requests: { storage: size(disk) } },
  });
  if (!profile.useCsiDriver) return [workingDir];
  const dataStore = claim(names.dataClaim, {
    accessModes: ['ReadWriteMany'],
    storageClassName: profile.csiStorageClass,
    volumeName: names.dataVolume,
    resources: { requests: { storage: size(LEAST_BYTES) } },
  });
  return [workingDir, dataStore];
}

function size(bytes: number): string {
  return formatQuantity(unitsQuantity(bytes, true));
}
