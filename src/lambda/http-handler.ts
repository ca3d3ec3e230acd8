import { problemOf } from '../errors/bodies.ts';
import { UnavailableError } from '../errors/errors.ts';
import { requestOf } from './http-event.ts';
import { type HttpResult, resultOf } from './http-result.ts';
import type { EventHandler, Invocation } from './invocation.ts';

/** What is needed of an application to serve it. */
export interface Servable {
  handle(request: Request): Promise<Response>;
}

/** What the log wants to hear. */
export interface Hears {
  /** Before every invocation. */
  begin(invocation: Invocation): void;
  /** An invocation failed for a reason that is no answer of the application. */
  failed(err: unknown): void;
}

// Kept back from the deadline: time to send an answer before the environment is frozen.
const RESERVE_MS = 500;

/**
 * Serves an application to API Gateway. The signal of each request aborts shortly before the deadline, and what has not answered by then is answered
 * with a retryable 503.
 */
export function httpHandler(app: Servable, hears: Hears): EventHandler {
  const answerTo = async (request: Request) => {
    const response = await app.handle(request);
    return resultOf(request.method === 'HEAD' ? new Response(null, response) : response);
  };
  const handle = async (invocation: Invocation) => {
    hears.begin(invocation);
    const deadline = deadlineOf(invocation);
    const request = requestOf(invocation.event, invocation.requestId, deadline.signal);
    try {
      return await Promise.race([answerTo(request), deadline.passed.then(() => tooLate(invocation.requestId))]);
    } finally {
      deadline.end();
    }
  };
  return { handle, failed: hears.failed };
}

function deadlineOf({ deadlineMs }: Invocation) {
  const controller = new AbortController();
  const { promise: passed, resolve } = Promise.withResolvers<void>();
  const left = deadlineMs - Date.now();
  const timer = setTimeout(
    () => {
      controller.abort(new DOMException('the deadline of the invocation', 'TimeoutError'));
      resolve();
    },
    Math.max(left - Math.min(RESERVE_MS, left / 4), 1),
  );
  return { signal: controller.signal, passed, end: () => clearTimeout(timer) };
}

async function tooLate(requestId: string): Promise<HttpResult> {
  const { status, contentType, body } = problemOf(new UnavailableError('no answer before the deadline of the function'), requestId);
  return resultOf(new Response(`${JSON.stringify(body)}\n`, { status, headers: { 'content-type': contentType } }));
}
