import { InvalidCookieSignature, NotFoundError as NoSuchRoute, ParseError, ValidationError } from 'elysia';
import type { Logger } from 'pino';
import { type ErrorAnswer, platformErrorOf, problemOf } from '../../errors/bodies.ts';
import { ForbiddenError, InvalidDocumentError, MethodNotAllowedError, NotFoundError, UnauthorizedError } from '../../errors/errors.ts';
import { ViceError } from '../../errors/vice-error.ts';

/** Which of the two error bodies a path answers with: RFC 9457 problem details, or the Discovery Environment's own. */
export type ErrorDialect = 'problem' | 'platform';

export interface FailedRequest {
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
  readonly dialect: ErrorDialect;
  /** The methods that the path answers to; none: there is no such path. */
  readonly allowed: () => readonly string[];
}

/** The one place where an error becomes an answer. What we did not foresee, what we must answer for, and who tried what they may not, is logged here, once, with its cause. */
export function errorResponse(err: unknown, failed: FailedRequest, log: Logger): Response {
  const known = ours(err, failed);
  const answer = failed.dialect === 'problem' ? problemOf(known, failed.requestId) : platformErrorOf(known);
  if (answer.status >= 500) {
    const facts = { err: known, request_id: failed.requestId, method: failed.method, path: failed.path, status: answer.status };
    if (known instanceof ViceError) log.warn(facts, 'request failed');
    else log.error(facts, 'request failed for a reason that was not foreseen');
  }
  if (known instanceof ForbiddenError) {
    const { requestId: request_id, method, path } = failed;
    log.warn({ ...known.details, request_id, method, path, reason: known.message }, 'a caller asked for what it may not do');
  }
  return toResponse(answer, headersOf(known, failed));
}

function headersOf(err: unknown, failed: FailedRequest): Readonly<Record<string, string>> {
  if (err instanceof MethodNotAllowedError) return { allow: failed.allowed().join(', ') };
  if (err instanceof UnauthorizedError || err instanceof ForbiddenError) return { 'www-authenticate': err.challenge };
  return {};
}

/** The framework's own errors in our words: its messages echo the input and name its internals. */
function ours(err: unknown, failed: FailedRequest): unknown {
  if (err instanceof NoSuchRoute) {
    return failed.allowed().length === 0
      ? new NotFoundError(`there is no ${failed.path}`, { cause: err })
      : new MethodNotAllowedError(`${failed.path} does not answer to ${failed.method}`, { cause: err });
  }
  if (err instanceof ParseError || err instanceof InvalidCookieSignature)
    return new InvalidDocumentError('the request cannot be read', { cause: err });
  if (err instanceof ValidationError && err.type !== 'response') return new InvalidDocumentError('the request is not valid', { cause: err });
  return err;
}

function toResponse(answer: ErrorAnswer, headers: Readonly<Record<string, string>>): Response {
  const retryAfter = answer.retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(answer.retryAfterSeconds)) };
  return new Response(`${JSON.stringify(answer.body)}\n`, {
    status: answer.status,
    headers: { 'content-type': answer.contentType, ...retryAfter, ...headers },
  });
}
