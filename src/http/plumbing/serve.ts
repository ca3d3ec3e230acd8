import { UnavailableError } from '../../errors/errors.ts';
import type { Address, Listener, Serve } from './listener.ts';
import { rememberTransport } from './request-context.ts';
import { listenTls } from './tls/listen-tls.ts';
import type { TlsOptions } from './tls/tls-source.ts';

/** What `createApp` gives, as a server needs it. */
export interface Servable {
  handle(request: Request): Promise<Response>;
}

export interface ServeOptions extends Address {
  /** Absent: in the clear. */
  readonly tls?: TlsOptions;
  readonly maxBodyBytes: number;
}

export interface Serving {
  /** How to reach it from this machine. */
  readonly url: string;
  readonly port: number;
  /**
   * Takes no new connections, tells the handlers (`contextOf(request).draining`), and waits for the requests under way, at most `graceMs`; what is
   * left then is cut. A request that is not even sent whole gets two seconds. A second call waits with the first.
   */
  stop(graceMs: number): Promise<void>;
}

// Longer than the longest answer that is held back on purpose (a long poll of 25 s); Bun cuts slow handlers too when this passes.
const IDLE_TIMEOUT_SECONDS = 60;

/** Whoever has begun to send a request when the server ends has so long to complete it: nobody may hold up the end by sending slowly. */
const HALF_SENT_MS = 2_000;
const LOOK_EVERY_MS = 20;

/** Serves an application on a socket. @throws UnavailableError when the port cannot be had */
export function serve(app: Servable, options: ServeOptions): Serving {
  const draining = new AbortController();
  const sendingEnds = new AbortController();
  const cut = new AbortController();
  const { maxBodyBytes, tls } = options;
  const serveOne: Serve = (request, from) => {
    const signal = AbortSignal.any([request.signal, cut.signal]);
    rememberTransport(request, { ...from, signal, draining: draining.signal, sendingEnds: sendingEnds.signal, maxBodyBytes });
    return app.handle(request);
  };
  const server = tls ? listenTls({ ...options, tls }, serveOne) : listenInTheClear(options, serveOne);
  const { port } = server;
  let stopped: Promise<void> | undefined;
  const stop = async (graceMs: number) => {
    draining.abort();
    const noMoreSending = setTimeout(() => sendingEnds.abort(), Math.min(HALF_SENT_MS, graceMs));
    const force = setTimeout(() => {
      cut.abort();
      server.cut();
    }, graceMs);
    // A connection with half a request on it is none that Bun counts as pending, and yet one that it waits for.
    const look = setInterval(() => {
      if (sendingEnds.signal.aborted && server.pendingRequests() === 0) server.cut();
    }, LOOK_EVERY_MS);
    await server.stop();
    for (const timer of [noMoreSending, force, look]) clearTimeout(timer);
  };
  return {
    url: `${tls ? 'https' : 'http'}://${reachable(options.hostname)}:${port}`,
    port,
    stop: (graceMs) => {
      stopped ??= stop(graceMs);
      return stopped;
    },
  };
}

function listenInTheClear({ port, hostname }: Address, serveOne: Serve): Listener {
  try {
    const server = Bun.serve({
      port,
      hostname,
      // Without this, a second process would share the port and take part of the requests, silently.
      reusePort: false,
      idleTimeout: IDLE_TIMEOUT_SECONDS,
      // The application refuses with a proper body what is too large; this is the wall behind it, for bodies that do not say how long they are.
      maxRequestBodySize: 1 << 30,
      fetch: (request, bun) => {
        const peer = bun.requestIP(request)?.address;
        return serveOne(request, peer === undefined ? {} : { peer });
      },
      error: () => new Response(null, { status: 500 }),
    });
    const pendingRequests = () => server.pendingRequests;
    return { port: server.port ?? port, pendingRequests, stop: () => server.stop(), cut: () => void server.stop(true) };
  } catch (err) {
    throw new UnavailableError(`cannot listen on ${hostname}:${port}`, { cause: err });
  }
}

function reachable(hostname: string): string {
  if (hostname === '0.0.0.0') return '127.0.0.1';
  if (hostname === '::') return '[::1]';
  return hostname.includes(':') ? `[${hostname}]` : hostname;
}
