import { Elysia } from 'elysia';
import type { Logger } from 'pino';
import { ClientRefusedError, InvalidDocumentError, UnavailableError } from '../../errors/errors.ts';
import { logAccess } from './access-log.ts';
import { type ErrorDialect, errorResponse } from './error-response.ts';
import { isSaneHost } from './host-guard.ts';
import { countAnswer, type HttpMetrics, serveMetrics } from './metrics.ts';
import { type OpenApiInfo, serveOpenApi } from './openapi.ts';
import { pathOf } from './path-of.ts';
import { announcedBytes, discardBody, tooLarge } from './read-json.ts';
import { rememberContext, type Transport, transportOf } from './request-context.ts';
import { requestIdFrom } from './request-id.ts';
import { allowedMethods } from './route-of.ts';

export interface AppOptions {
  readonly log: Logger;
  /** @default problem details below `/api/`, the platform's own body elsewhere */
  readonly errorsFor?: (path: string) => ErrorDialect;
  /** @default a document with the title `vice` */
  readonly openApi?: OpenApiInfo;
  /** Counts the answers, and is told at `/metrics`. Absent: neither. */
  readonly metrics?: HttpMetrics | undefined;
}

/**
 * An application with everything that every interface needs: request ids, the guard of the host name, one mapping of errors, an access log and
 * `/openapi.json`. Routes are added to what it gives. It works the same behind `serve` and through `app.handle(request)`.
 */
export function createApp(options: AppOptions) {
  const { log, metrics, errorsFor = (path) => (path.startsWith('/api/') ? 'problem' : 'platform') } = options;
  const app = new Elysia({ normalize: false });
  const failure = (err: unknown, request: Request, requestId: string): Response => {
    const path = pathOf(request);
    const allowed = () => allowedMethods(app.routes, path);
    return errorResponse(err, { method: request.method, path, requestId, dialect: errorsFor(path), allowed }, log);
  };
  const requestIds = new WeakMap<Request, string>();
  app.onError(({ error, request }) => failure(error, request, requestIds.get(request) ?? ''));
  // The hooks of Elysia run after the route is found, and not for every answer; this runs around all of it.
  app.wrap((route) => async (...parameters: unknown[]) => {
    const [came, ...others] = parameters;
    const asked = requestOf(came);
    const { method } = asked;
    // Elysia would read the body to its end to say how long it is, and a log that is followed has no end. Servers leave it where it is.
    const request = method === 'HEAD' ? new Request(asked, { method: 'GET' }) : asked;
    const started = performance.now();
    const transport = transportOf(asked);
    const requestId = requestIdFrom(request.headers);
    requestIds.set(request, requestId);
    const cutBy = (err: unknown) => log.error({ err, request_id: requestId, method, path: pathOf(request) }, 'an answer was cut');
    rememberContext(request, { requestId, signal: transport.signal, draining: transport.draining, cutBy });
    let response: Response;
    try {
      refuse(request, transport);
      response = responseOf(await route(request, ...others));
    } catch (err) {
      response = failure(err, request, requestId);
    }
    const isTooLarge = response.status === 413;
    if (isTooLarge) await discardBody(request);
    finish(response.headers, requestId, transport.draining.aborted || isTooLarge);
    const { status } = response;
    logAccess(log, { request, method, requestId, status, startedAt: started, ...transport });
    if (metrics) countAnswer(metrics, app, method, pathOf(request), status, started);
    return response;
  });
  if (metrics) serveMetrics(app, metrics);
  return serveOpenApi(app, options.openApi ?? { title: 'vice' });
}

/** They say of a server that is ending what is to be said. */
const ANSWERS_TO_THE_END = new Set(['/', '/livez', '/metrics']);

/** What is refused whatever the route is. */
function refuse(request: Request, { maxBodyBytes, draining, refusal }: Transport): void {
  if (refusal !== undefined) throw new ClientRefusedError(`the client certificate ${refusal}`);
  if (!isSaneHost(request)) throw new InvalidDocumentError('the Host header is not a host name');
  if (draining.aborted && !ANSWERS_TO_THE_END.has(pathOf(request))) throw new UnavailableError('the server is ending', { retryAfterSeconds: 1 });
  if (announcedBytes(request.headers) > maxBodyBytes) throw tooLarge(maxBodyBytes);
}

function finish(headers: Headers, requestId: string, isLast: boolean): void {
  headers.set('x-request-id', requestId);
  headers.set('x-content-type-options', 'nosniff');
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  if (isLast) headers.set('connection', 'close');
}

function requestOf(request: unknown): Request {
  if (request instanceof Request) return request;
  throw new Error('cannot happen: Elysia calls its handler with the request first');
}

function responseOf(answer: unknown): Response {
  if (answer instanceof Response) return answer;
  throw new Error('cannot happen: Elysia answers with a response');
}
