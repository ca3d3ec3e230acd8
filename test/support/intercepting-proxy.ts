import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Intercepted {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** `reset`: the connection breaks without an answer. */
export type Interception = Response | 'reset';

/** Decides what becomes of a request: forwards it, or not, or twice, or later; and what its sender hears. */
export type Interceptor = (request: Intercepted, forward: () => Promise<Response>) => Promise<Interception>;

export interface InterceptingProxy {
  readonly url: string;
  /** Every request that came, as `METHOD /path`. */
  readonly seen: string[];
  intercept(interceptor: Interceptor): void;
  stop(): Promise<void>;
}

const pass: Interceptor = (_, forward) => forward();

/** An HTTP proxy in front of one server, with which a test holds, loses or forges what goes through. */
export async function startInterceptingProxy(target: string): Promise<InterceptingProxy> {
  let interceptor = pass;
  const seen: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const request = await read(incoming);
    seen.push(`${request.method} ${request.path}`);
    const answer = await interceptor(request, () => forward(target, request)).catch((): Interception => 'reset');
    if (answer === 'reset') return void incoming.socket.destroy(); // destroying the response instead would send an empty 200
    outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    outgoing.end(await answer.text());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    intercept: (next) => {
      interceptor = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(incoming: IncomingMessage): Promise<Intercepted> {
  return { method: incoming.method ?? 'GET', path: incoming.url ?? '/', body: (await buffer(incoming)).toString('utf8') };
}

function forward(target: string, { method, path, body }: Intercepted): Promise<Response> {
  return fetch(target + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== '' && { body }),
    redirect: 'manual',
    proxy: false,
  });
}
