import type { KubeConnection } from './kube-connection.ts';

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
  const path = `/api/v1/namespaces/${kube.namespace}/pods`;
  const list = await kube.send('GET', `${path}?limit=1`);
  const { metadata }: { metadata: { resourceVersion: string } } = JSON.parse(await list.text());
  const stopped = new AbortController();
  const pods = new Map<string, Set<string>>();
  const moments = new Map<string, PromiseWithResolvers<number>>();

  const momentOf = (id: string) => {
    const moment = moments.get(id) ?? Promise.withResolvers<number>();
    moments.set(id, moment);
    return moment;
  };
  const see = ({ metadata: { name, labels = {} }, status }: Pod) => {
    const id = labels['external-id'];
    if (id === undefined) return;
    pods.set(id, (pods.get(id) ?? new Set()).add(name));
    if (status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True')) momentOf(id).resolve(performance.now());
  };
  const response = await kube.watch(`${path}?watch=true&resourceVersion=${metadata.resourceVersion}`, stopped.signal);
  const ended = follow(response, see).catch((err: unknown) => {
    if (!stopped.signal.aborted) throw err;
  });
  return {
    ready: async (id) => {
      const timer = Promise.withResolvers<never>();
      const late = setTimeout(() => timer.reject(new Error(`the pod of ${id} was not ready after 180 s`)), 180_000);
      const broken = ended.then(() => Promise.reject(new Error('the watch on pods ended')));
      return Promise.race([momentOf(id).promise, timer.promise, broken]).finally(() => clearTimeout(late));
    },
    podsOf: (id) => pods.get(id) ?? new Set(),
    stop: () => stopped.abort(),
  };
}

async function follow({ body }: Response, see: (pod: Pod) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { type, object }: { type: string; object: Pod } = JSON.parse(line);
      if (type === 'ERROR') throw new Error(`the watch on pods: ${line}`);
      see(object);
    }
  }
}
