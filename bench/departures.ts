import type { KubeConnection } from './kube-connection.ts';
import { before, type WatchEvent, watchObjects } from './object-watch.ts';

/** The ends of analyses, as kube-apiserver tells of them. */
export interface Departures {
  /**
   * Resolves when anchor and volume of an analysis of the example have both gone, which the anchor does last of all that it owns. To be asked before
   * the removal. @throws after 180 s
   */
  gone(externalId: string): Promise<void>;
  stop(): void;
}

interface Named {
  metadata: { name: string };
}

export async function watchDepartures(kube: KubeConnection): Promise<Departures> {
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  const see =
    (kind: string) =>
    ({ type, object }: WatchEvent<Named>) => {
      if (type === 'DELETED') waiting.get(`${kind}/${object.metadata.name}`)?.resolve();
    };
  const anchors = await watchObjects(kube, `/api/v1/namespaces/${kube.namespace}/configmaps`, see('configmaps'));
  const volumes = await watchObjects(kube, '/api/v1/persistentvolumes', see('persistentvolumes'));
  const end = (ref: string) => {
    const moment = Promise.withResolvers<void>();
    waiting.set(ref, moment);
    return moment.promise.finally(() => waiting.delete(ref));
  };
  return {
    gone: async (id) => {
      const anchor = before(end(`configmaps/vice-${id}`), anchors, `the end of the anchor of ${id}`);
      const volume = before(end(`persistentvolumes/csi-data-volume-${id}`), volumes, `the end of the volume of ${id}`);
      await Promise.all([anchor, volume]);
    },
    stop: () => {
      anchors.stop();
      volumes.stop();
    },
  };
}
