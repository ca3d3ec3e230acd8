import { waitFor } from '../test/support/wait-for.ts';
import type { KubeConnection } from './kube-connection.ts';

/** Volumes for working directories that a claim is bound to at once, so that a pod need not wait for a provisioner. */
export interface VolumePool {
  readonly storageClass: string;
  /** Takes away the volume that an analysis, now gone, had. */
  discard(externalId: string): Promise<void>;
  close(): Promise<void>;
}

interface Volumes {
  items: { metadata: { name: string }; spec: { storageClassName?: string; claimRef?: { name: string } }; status?: { phase?: string } }[];
}

const path = '/api/v1/persistentvolumes';
const classPath = '/apis/storage.k8s.io/v1/storageclasses';

export async function openVolumePool(kube: KubeConnection, size: number): Promise<VolumePool> {
  const storageClass = `bench-${crypto.randomUUID().slice(0, 8)}`;
  const send = async (method: string, at: string, object?: unknown): Promise<string> => {
    const response = await kube.send(method, at, object === undefined ? undefined : JSON.stringify(object));
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${text}`);
    return text;
  };
  const volumes = async () => {
    const { items }: Volumes = JSON.parse(await send('GET', path));
    return items.filter(({ spec }) => spec.storageClassName === storageClass);
  };
  const remove = async (names: readonly string[]) => {
    await Promise.all(names.map((name) => send('DELETE', `${path}/${name}`)));
  };

  await send('POST', classPath, { metadata: { name: storageClass }, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'Immediate' });
  const names = Array.from({ length: size }, (_, n) => `${storageClass}-${n}`);
  await Promise.all(names.map((name) => send('POST', path, volume(name, storageClass))));
  const areAvailable = async () => (await volumes()).every(({ status }) => status?.phase === 'Available');
  await waitFor(areAvailable, { timeoutMs: 60_000, what: 'the volumes of the pool to be available' });
  return {
    storageClass,
    discard: async (externalId) => {
      const used = (await volumes()).filter(({ spec }) => spec.claimRef?.name.endsWith(externalId));
      await remove(used.map(({ metadata }) => metadata.name));
    },
    close: async () => {
      await remove((await volumes()).map(({ metadata }) => metadata.name));
      await send('DELETE', `${classPath}/${storageClass}`);
    },
  };
}

function volume(name: string, storageClassName: string) {
  return {
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '64Gi' },
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName,
      hostPath: { path: `/simulated/${name}` },
    },
  };
}
