import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { parse, stringify } from 'yaml';

/** A request on its way to a kube-apiserver. */
export interface ApiRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string;
  /** As `POST services`: what it does, and to which collection. */
  readonly what: string;
  isWatch(): boolean;
}

/** What its sender gets. `reset`: the connection breaks without an answer. */
export type ApiAnswer = Response | 'reset';

/** Decides what becomes of a request: forwards it, or not, or later, or to another path; and what its sender hears. */
export type Fault = (request: ApiRequest, forward: (path?: string) => Promise<Response>) => Promise<ApiAnswer>;

/** A real kube-apiserver, behind something that can fail, delay and count. Watches stream through. */
export interface FaultyApiserver {
  /** Of the way through it, with all rights of the original. */
  readonly kubeconfigText: string;
  readonly requests: readonly ApiRequest[];
  /** The most requests that were under way at once, watches aside. */
  readonly most: number;
  inject(fault: Fault): void;
  stop(): Promise<void>;
}

const none: Fault = (_, forward) => forward();

/** What a kube-apiserver says when it does not do what it is asked. */
export function apiError(code: number, reason: string, headers: Record<string, string> = {}): Response {
  return Response.json(
    { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message: `injected: ${reason}` },
    { status: code, headers },
  );
}

export async function startFaultyApiserver(kubeconfig: string): Promise<FaultyApiserver> {
  const config: Kubeconfig = parse(await readFile(kubeconfig, 'utf8'));
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const pem = (data: string) => Buffer.from(data, 'base64').toString();
  const tls = {
    ca: pem(cluster['certificate-authority-data']),
    cert: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
  };
  const target = cluster.server;
  const requests: ApiRequest[] = [];
  let fault = none;
  const underWay = new Set<IncomingMessage>();
  let most = 0;

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    requests.push(request);
    const left = new AbortController();
    outgoing.on('close', () => left.abort());
    const forward = (path = request.path) =>
      fetch(target + path, {
        method: request.method,
        headers: forwarded(incoming),
        ...(request.body !== '' && { body: request.body }),
        tls,
        signal: left.signal,
        timeout: false,
        proxy: false,
      });
    const got = await fault(request, forward).catch((): ApiAnswer => 'reset');
    if (got === 'reset') return void incoming.socket.destroy();
    const type = got.headers.get('content-type') ?? 'text/plain';
    const retryAfter = got.headers.get('retry-after');
    outgoing.writeHead(got.status, { 'content-type': type, ...(retryAfter !== null && { 'retry-after': retryAfter }) });
    if (!request.isWatch()) return void outgoing.end(Buffer.from(await got.arrayBuffer()));
    outgoing.flushHeaders();
    for await (const chunk of got.body ?? []) outgoing.write(chunk);
    outgoing.end();
  };
  const server = createServer(async (incoming, outgoing) => {
    const counted = isWatching(incoming.url ?? '') ? new Set() : underWay.add(incoming);
    most = Math.max(most, underWay.size);
    outgoing.on('close', () => counted.delete(incoming)); // who has left is not waited for any more, whatever becomes of the request
    // A watch that ends with its reader, or a server that is killed: either way nobody is left to be told.
    await answer(incoming, outgoing).catch(() => incoming.socket.destroy());
    counted.delete(incoming);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('cannot happen: a server that listens has a port');
  return {
    kubeconfigText: stringify({
      ...config,
      clusters: [{ name: 'faulty', cluster: { server: `http://127.0.0.1:${address.port}`, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'faulty', user: {} }],
      contexts: [{ name: 'faulty', context: { cluster: 'faulty', user: 'faulty' } }],
      'current-context': 'faulty',
    }),
    requests,
    get most() {
      return most;
    },
    inject: (next) => {
      fault = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Kubeconfig {
  readonly clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  readonly users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

function forwarded({ headers }: IncomingMessage): Record<string, string> {
  const { accept = '*/*', 'content-type': type, 'user-agent': agent = 'vice-test' } = headers;
  return { accept, 'user-agent': agent, ...(type !== undefined && { 'content-type': type }) };
}

async function read(incoming: IncomingMessage): Promise<ApiRequest> {
  const { method = 'GET', url: path = '/' } = incoming;
  const body = (await buffer(incoming)).toString('utf8');
  const collections = /\/(configmaps|persistentvolumes|persistentvolumeclaims|services|ingresses|httproutes|poddisruptionbudgets|deployments)\b/;
  return { method, path, body, what: `${method} ${collections.exec(path)?.[1] ?? path}`, isWatch: () => isWatching(path) };
}

const isWatching = (path: string) => /[?&]watch=(true|1)\b/.test(path);
