import type { KubeConnection } from './kube-connection.ts';
import { before, type WatchEvent, watchObjects } from './object-watch.ts';

/** What the benchmark sees of pods, as they change. */
export interface PodWatch {
  /** The moment, on the clock of `performance.now()`, at which the analysis' pod was seen ready. @throws after 180 s */
  ready(externalId: string): Promise<number>;
  /** Every pod there ever was of the analysis; more than one of them means that it ran twice. */
  podsOf(externalId: string): ReadonlySet<string>;
  stop(): void;
}

interface Pod {
  metadata: { name: string; labels?: Record<string, string> };
  status?: { conditions?: { type: string; status: string }[] };
}

export async function watchPods(kube: KubeConnection): Promise<PodWatch> {
  const pods = new Map<string, Set<string>>();
  const moments = new Map<string, PromiseWithResolvers<number>>();

  const momentOf = (id: string) => {
    const moment = moments.get(id) ?? Promise.withResolvers<number>();
    moments.set(id, moment);
    return moment;
  };
  const see = ({ object: { metadata, status } }: WatchEvent<Pod>) => {
    const id = metadata.labels?.['external-id'];
    if (id === undefined) return;
    pods.set(id, (pods.get(id) ?? new Set()).add(metadata.name));
    if (status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True')) momentOf(id).resolve(performance.now());
  };
  const watch = await watchObjects(kube, `/api/v1/namespaces/${kube.namespace}/pods`, see);
  return {
    ready: (id) => before(momentOf(id).promise, watch, `a ready pod of ${id}`),
    podsOf: (id) => pods.get(id) ?? new Set(),
    stop: watch.stop,
  };
}
