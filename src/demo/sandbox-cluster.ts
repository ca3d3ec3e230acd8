import { randomBytes, randomUUID } from 'node:crypto';
import { ApiServer } from './sandbox/api-server.ts';
import { type Delays, runControllers } from './sandbox/controllers/run-controllers.ts';
import { furnish } from './sandbox/furnish.ts';
import { handleApiRequest } from './sandbox/http-api.ts';
import { ObjectStore } from './sandbox/object-store.ts';
import { realTimers } from './sandbox/timers.ts';

export interface SandboxClusterOptions {
  /** What the cluster is called in its kubeconfig and on its pages. */
  readonly name: string;
  /** Namespaces that exist from the start. @default vice-apps and default */
  readonly namespaces?: readonly string[];
}

/** A Kubernetes API in this process, on 127.0.0.1: no container runs, but its objects live and die as in a cluster. */
export interface SandboxCluster {
  readonly name: string;
  readonly url: string;
  /** The bearer token that the API wants. */
  readonly token: string;
  /** A kubeconfig as text, with that token. */
  readonly kubeconfig: string;
  readonly api: ApiServer;
  stop(): Promise<void>;
}

const delays: Delays = { reactMs: 2, collectMs: 20, startMs: 150, stopMs: 50 };

export function startSandboxCluster(options: SandboxClusterOptions): SandboxCluster {
  const { name } = options;
  const timers = realTimers();
  const api = new ApiServer(new ObjectStore(), () => new Date(), randomUUID);
  const stopControllers = runControllers(api, timers, delays, `${name}-node`);
  for (const namespace of options.namespaces ?? ['default', 'vice-apps']) {
    api.create('Namespace', '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  }
  furnish(api, `${name}-node`);
  const token = randomBytes(16).toString('hex');
  const ending = new AbortController();
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    reusePort: false,
    fetch: (request, self) => {
      self.timeout(request, 0); // a watch may be quiet for long
      return handleApiRequest(request, { api, token, signal: ending.signal });
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    name,
    url,
    token,
    kubeconfig: kubeconfigFor(name, url, token),
    api,
    stop: async () => {
      stopControllers();
      timers.stop();
      ending.abort();
      await server.stop(true);
    },
  };
}

/** JSON is YAML. Clients of Kubernetes take plain HTTP only from those who say that they verify nothing. */
export function kubeconfigFor(name: string, server: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'vice-apps' } }],
    clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: { token } }],
  });
}
