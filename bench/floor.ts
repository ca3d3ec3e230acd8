import { specOf } from './example.ts';
import type { KubeConnection } from './kube-connection.ts';
import { type CreateRequest, createRequests } from './objects.ts';

/** What a launch is compared with: the same objects, created by a client that does nothing else. */
export interface Floor {
  /** Everything that can be done before the clock starts: the requests are ready texts. */
  prepare(externalId: string): CreateRequest[];
  /** All objects beside one another. @throws when one of them is refused */
  create(requests: readonly CreateRequest[]): Promise<void>;
  /** In the order that an analysis needs: the anchor, then volumes, claims and Deployment one after another, and all else beside these. @throws as create */
  createInOrder(requests: readonly CreateRequest[]): Promise<void>;
  remove(requests: readonly CreateRequest[]): Promise<void>;
  /** Where the anchor owns the others: the anchor, in the foreground, and beside it the volumes, which it cannot own. */
  removeByAnchor(requests: readonly CreateRequest[]): Promise<void>;
}

const CHAIN: readonly string[] = ['PersistentVolume', 'PersistentVolumeClaim', 'Deployment'];

export function floorOf(kube: KubeConnection): Floor {
  const create = async (requests: readonly CreateRequest[]) => {
    await Promise.all(requests.map(({ path, body }) => complete(kube.send('POST', path, body))));
  };
  const remove = async (requests: readonly CreateRequest[], propagationPolicy: 'Background' | 'Foreground') => {
    const options = JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy });
    await Promise.all(requests.map(({ path, name }) => complete(kube.send('DELETE', `${path}/${name}`, options))));
  };
  return {
    prepare: (externalId) => createRequests(specOf(externalId), kube.namespace),
    create,
    createInOrder: async ([anchor, ...others]) => {
      if (!anchor) throw new Error('cannot happen: the anchor is the first of them');
      await create([anchor]);
      const inOrder = async () => {
        for (const step of CHAIN) await create(others.filter(({ kind }) => kind === step));
      };
      await Promise.all([inOrder(), create(others.filter(({ kind }) => !CHAIN.includes(kind)))]);
    },
    remove: (requests) => remove(requests, 'Background'),
    removeByAnchor: async ([anchor, ...others]) => {
      if (!anchor) throw new Error('cannot happen: the anchor is the first of them');
      const volumes = others.filter(({ path }) => path.endsWith('/persistentvolumes'));
      await Promise.all([remove([anchor], 'Foreground'), remove(volumes, 'Background')]);
    },
  };
}

async function complete(answer: Promise<Response>): Promise<void> {
  const response = await answer;
  const text = await response.text(); // read to its end, so that the connection can be used again
  if (!response.ok) throw new Error(`kube-apiserver: ${response.status} ${text}`);
}
