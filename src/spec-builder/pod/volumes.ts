import type { Volume } from 'kubernetes-types/core/v1';
import { formatQuantity } from '../../schema/quantity.ts';
import { containerOf } from '../body/container-of.ts';
import { pathsToCopy } from '../body/data-inputs.ts';
import { sharedMemoryOf } from '../body/shared-memory.ts';
import type { Parts } from '../parts.ts';

/** Where the data store is mounted in the analysis' container. */
export const DATA_STORE_PATH = '/data-store';
export const SHARED_MEMORY_PATH = '/dev/shm';
export const SHARED_MEMORY_VOLUME = 'shared-memory';
export const EXCLUDES_VOLUME = 'excludes-file';
export const PATH_LIST_VOLUME = 'input-path-list';
/** Volume and Secret: the credentials of the file transfers, which each cluster's administrator provides. */
export const TRANSFERS_SECRET = 'porklock-config';

export function volumes({ analysis, profile, names }: Parts): Volume[] {
  const sharedMemory = sharedMemoryOf(containerOf(analysis));
  return [
    ...(pathsToCopy(analysis).length > 0 ? [{ name: PATH_LIST_VOLUME, configMap: { name: names.pathList } }] : []),
    { name: names.workingDirVolume, persistentVolumeClaim: { claimName: names.workingDir } },
    profile.useCsiDriver
      ? { name: names.dataClaimVolume, persistentVolumeClaim: { claimName: names.dataClaim } }
      : { name: TRANSFERS_SECRET, secret: { secretName: TRANSFERS_SECRET } },
    { name: EXCLUDES_VOLUME, configMap: { name: names.excludes } },
    ...(sharedMemory === undefined ? [] : [{ name: SHARED_MEMORY_VOLUME, emptyDir: { medium: 'Memory', sizeLimit: formatQuantity(sharedMemory) } }]),
  ];
}
