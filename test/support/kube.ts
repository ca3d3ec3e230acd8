import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A Kubernetes object, as far as every kind looks the same. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid: string }[];
    finalizers?: string[];
  };
}

/** kube-apiserver answered, and not with success. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly status: number;
  readonly reason: string | undefined;

  constructor(request: string, status: number, body: string) {
    super(`${request}: ${status} ${body}`);
    this.status = status;
    this.reason = /"reason":\s?"(\w+)"/.exec(body)?.[1];
  }
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** The requests a test makes of its own at a kube-apiserver; paths are those of the API, as `/api/v1/namespaces/vice-apps/pods`. */
export interface Kube {
  readonly server: string;
  /** @throws KubeError, with status 404 when there is none */
  get<T = KubeObject>(path: string): Promise<T>;
  /** Undefined when there is none. */
  find<T = KubeObject>(path: string): Promise<T | undefined>;
  list<T = KubeObject>(path: string): Promise<T[]>;
  create<T = KubeObject>(path: string, object: unknown): Promise<T>;
  patch<T = KubeObject>(path: string, patch: unknown, type?: keyof typeof patchTypes): Promise<T>;
  /** Nothing there to delete is fine. */
  delete(path: string, propagation?: 'Foreground' | 'Background' | 'Orphan'): Promise<void>;
  /** The body as text, whatever the status: logs, `/readyz`. */
  text(path: string): Promise<string>;
}

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data'?: string } }];
  users: [{ user: { 'client-certificate-data'?: string; 'client-key-data'?: string; token?: string } }];
}

/** A client for the first cluster and user of a kubeconfig that carries its certificates inside. */
export function kube(kubeconfig: string, userAgent = 'vice-test'): Kube {
  const { clusters, users }: Kubeconfig = parse(readFileSync(kubeconfig, 'utf8'));
  const { server } = clusters[0].cluster;
  const { user } = users[0];
  const pem = (data: string) => Buffer.from(data, 'base64').toString();
  const { 'client-certificate-data': cert, 'client-key-data': key, token } = user;
  const { 'certificate-authority-data': ca } = clusters[0].cluster;
  const tls = { ...(ca && { ca: pem(ca) }), ...(cert && { cert: pem(cert) }), ...(key && { key: pem(key) }) };

  const send = (method: string, path: string, body?: unknown, type = 'application/json') =>
    fetch(new URL(path, server), {
      method,
      tls,
      headers: { 'user-agent': userAgent, 'content-type': type, ...(token && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });

  const ask = async (method: string, path: string, body?: unknown, type?: string) => {
    const response = await send(method, path, body, type);
    const text = await response.text();
    if (!response.ok) throw new KubeError(`${method} ${path}`, response.status, text);
    return JSON.parse(text); // of the kind that the path names; the caller says which
  };

  const get = (path: string) => ask('GET', path);
  const absent = (err: unknown) => {
    if (err instanceof KubeError && err.status === 404) return undefined;
    throw err;
  };
  return {
    server,
    get,
    find: (path) => get(path).catch(absent),
    list: async (path) => (await get(path)).items,
    create: (path, object) => ask('POST', path, object),
    patch: (path, patch, type = 'merge') => ask('PATCH', path, patch, patchTypes[type]),
    delete: async (path, propagation = 'Background') => {
      await ask('DELETE', path, { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: propagation }).catch(absent);
    },
    text: async (path) => (await send('GET', path)).text(),
  };
}
