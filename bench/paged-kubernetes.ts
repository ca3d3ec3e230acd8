import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiServer } from '../src/demo/sandbox/api-server.ts';
import { handleApiRequest } from '../src/demo/sandbox/http-api.ts';
import { ObjectStore } from '../src/demo/sandbox/object-store.ts';
import { kubeconfigFor } from '../src/demo/sandbox-cluster.ts';

/** A Kubernetes API without controllers: what is in its store stays as it is until the benchmark changes it. */
export interface PagedKubernetes {
  readonly store: ObjectStore;
  /** Path of a file. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

interface List {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly unknown[];
}

/** The sandbox's API, and lists in pages as kube-apiserver has them: all pages of one list are of the same moment. */
export function startPagedKubernetes(folder: string): PagedKubernetes {
  const store = new ObjectStore();
  const api = new ApiServer(store, () => new Date(), randomUUID);
  const ending = new AbortController();
  const token = randomUUID();
  const whole = (request: Request) => handleApiRequest(request, { api, token, signal: ending.signal });
  const left = new Map<string, List>();

  const paged = async (request: Request): Promise<Response> => {
    const { searchParams } = new URL(request.url);
    const limit = Number(searchParams.get('limit') ?? 0);
    if (limit === 0) return whole(request);
    const from = searchParams.get('continue') ?? '';
    const known = left.get(from);
    left.delete(from);
    const response = known ? undefined : await whole(request);
    if (response?.ok === false) return response;
    const list = known ?? ((await response?.json()) as List); // which the API's lists are
    const rest = list.items.slice(limit);
    const next = rest.length > 0 ? randomUUID() : '';
    if (next !== '') left.set(next, { ...list, items: rest });
    return Response.json({ ...list, items: list.items.slice(0, limit), metadata: { ...list.metadata, ...(next !== '' && { continue: next }) } });
  };
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, self) => {
      self.timeout(request, 0); // a watch may be quiet for long
      return paged(request);
    },
  });
  const kubeconfig = join(folder, `kubeconfig-${server.port}`);
  writeFileSync(kubeconfig, kubeconfigFor('paged', `http://127.0.0.1:${server.port}`, token));
  return {
    store,
    kubeconfig,
    stop: async () => {
      ending.abort();
      await server.stop(true);
    },
  };
}
