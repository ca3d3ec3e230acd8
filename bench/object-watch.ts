import type { KubeConnection } from './kube-connection.ts';

/** What kube-apiserver tells of one kind, from the moment that the watch is open. */
export interface ObjectWatch {
  /** Rejects when the watch breaks off by itself. */
  readonly ended: Promise<void>;
  stop(): void;
}

export interface WatchEvent<T> {
  readonly type: string;
  readonly object: T;
}

const DAY_SECONDS = 86_400;

/** Of all objects of the collection at `path`. */
export async function watchObjects<T>(kube: KubeConnection, path: string, see: (event: WatchEvent<T>) => void): Promise<ObjectWatch> {
  const list = await kube.send('GET', `${path}?limit=1`);
  const { metadata }: { metadata: { resourceVersion: string } } = JSON.parse(await list.text());
  const stopped = new AbortController();
  // kube-apiserver itself ends a watch that does not say how long it is to last, after half an hour at the earliest.
  const query = `watch=true&timeoutSeconds=${DAY_SECONDS}&resourceVersion=${metadata.resourceVersion}`;
  const response = await kube.watch(`${path}?${query}`, stopped.signal);
  const ended = follow(response, see).catch((err: unknown) => {
    if (!stopped.signal.aborted) throw err;
  });
  return { ended, stop: () => stopped.abort() };
}

async function follow<T>({ body }: Response, see: (event: WatchEvent<T>) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter(Boolean)) {
      const event: WatchEvent<T> = JSON.parse(line);
      if (event.type === 'ERROR') throw new Error(`the watch: ${line}`);
      see(event);
    }
  }
}

/** The moment, unless the watch ends or 180 s pass before it. @throws then */
export async function before<T>(moment: Promise<T>, { ended }: ObjectWatch, what: string): Promise<T> {
  const timer = Promise.withResolvers<never>();
  const late = setTimeout(() => timer.reject(new Error(`${what} was waited for more than 180 s`)), 180_000);
  const broken = ended.then(() => Promise.reject(new Error(`the watch ended before ${what}`)));
  return Promise.race([moment, timer.promise, broken]).finally(() => clearTimeout(late));
}
