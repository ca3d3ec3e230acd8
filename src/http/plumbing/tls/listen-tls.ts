import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server, type TlsOptions as TlsServerOptions } from 'node:tls';
import { UnavailableError } from '../../../errors/errors.ts';
import type { Address, Listener, Serve } from '../listener.ts';
import { type ClientRules, clientRules } from './client-rules.ts';
import { Connections } from './connections.ts';
import { requestOf, send } from './exchange.ts';
import { LIMITS, type Limits } from './limits.ts';
import type { TlsMaterial, TlsOptions } from './tls-source.ts';

export interface TlsAddress extends Address {
  readonly tls: TlsOptions;
}

/**
 * Listens over TLS with `node:tls`, because `Bun.serve` neither says who its client is nor takes new certificates while it runs.
 * @throws UnavailableError when the port cannot be had
 */
export function listenTls(options: TlsAddress, serveOne: Serve): Listener {
  const { tls } = options;
  const limits = { ...LIMITS, ...tls.limits };
  const connections = new Connections(limits);
  let rules: ClientRules = clientRules(tls);

  const http = createHttpServer((message, response) => {
    answer(message, response).catch(() => message.socket.destroy());
  });
  // What cannot be parsed. The application never sees it, and there is nobody to tell more.
  http.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });
  const server = createServer(secured(tls.source.current(), limits), (socket) => {
    connections.add(socket, rules);
    http.emit('connection', socket);
  });
  server.maxConnections = limits.mostConnections; // those that are at their handshake, which show no certificate yet, are counted too
  server.on('tlsClientError', (_, socket) => socket.destroy());

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = connections.of(message.socket);
    if (connection === undefined) return void message.socket.destroy();
    const left = new AbortController();
    const watched = connection.begin(() => message.complete);
    response.once('close', () => left.abort());
    try {
      const request = requestOf(message, left.signal);
      if (request === undefined) return void response.writeHead(400, { connection: 'close' }).end();
      const { from } = connection;
      const answered = await serveOne(request, from);
      if (connection.isRetired) answered.headers.set('connection', 'close');
      await send(answered, message, response, watched);
      if (from.refusal !== undefined) connection.socket.end();
    } finally {
      connection.end(watched);
      if (connections.isClosing || connection.isRetired) connection.endWhenIdle();
    }
  }

  const port = listen(server, options);
  let shown = tls.source.current().cert;
  const forget = tls.source.onChange(() => {
    const { cert } = tls.source.current();
    server.setSecureContext(secured(tls.source.current(), limits));
    if (cert !== shown) connections.retire();
    shown = cert;
    rules = clientRules(tls);
    connections.judgeAnew(rules);
  });
  const stop = async () => {
    forget();
    server.close();
    await connections.ended();
  };
  return { port, pendingRequests: () => connections.pendingRequests(), stop, cut: () => connections.cut() };
}

function secured({ cert, key, clientCa }: TlsMaterial, { handshakeMs }: Limits): TlsServerOptions {
  const asking = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  return { cert, key, ...asking, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'], handshakeTimeout: handshakeMs };
}

function listen(server: Server, { port, hostname }: Address): number {
  let cause: unknown;
  server.on('error', (err) => {
    cause = err; // comes after the address below was found missing
  });
  server.listen({ port, host: hostname, exclusive: true });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new UnavailableError(`cannot listen on ${hostname}:${port}`, { cause });
  return address.port;
}
