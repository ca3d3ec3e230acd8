import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** As kube-apiserver's audit log knows the benchmark's own requests. */
export const benchAgent = 'vice-bench';

/** Bare access to one kube-apiserver: keep-alive connections, nothing between the caller and `fetch`. */
export interface KubeConnection {
  /** Of the kubeconfig's context. */
  readonly namespace: string;
  send(method: string, path: string, body?: string): Promise<Response>;
  /** For answers that do not end. */
  watch(path: string, signal: AbortSignal): Promise<Response>;
}

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  users: [{ user: { 'client-certificate-data'?: string; 'client-key-data'?: string; token?: string } }];
  contexts: [{ context: { namespace?: string } }];
}

const contentTypes: Readonly<Record<string, string>> = { PATCH: 'application/merge-patch+json' };

/** For the first cluster, user and context of a kubeconfig that carries its certificates inside. */
export function connectToKube(kubeconfig: string): KubeConnection {
  const { clusters, users, contexts }: Kubeconfig = parse(readFileSync(kubeconfig, 'utf8'));
  const pem = (data: string) => Buffer.from(data, 'base64').toString();
  const { 'client-certificate-data': cert, 'client-key-data': key, token } = users[0].user;
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  const tls = { ca: pem(ca), ...(cert && { cert: pem(cert) }), ...(key && { key: pem(key) }) };
  const headers = { 'user-agent': benchAgent, ...(token && { authorization: `Bearer ${token}` }) };
  return {
    namespace: contexts[0].context.namespace ?? 'vice-apps',
    send: (method, path, body) =>
      fetch(server + path, {
        method,
        headers: { ...headers, 'content-type': contentTypes[method] ?? 'application/json' },
        tls,
        ...(body !== undefined && { body }),
      }),
    watch: (path, signal) => fetch(server + path, { headers, tls, signal, ...{ timeout: false } }), // Bun's own option: no limit on silence
  };
}
