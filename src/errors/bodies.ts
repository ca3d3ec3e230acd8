import { ViceError } from './vice-error.ts';

/** Titles of the problem details, one for each status that we answer (RFC 9110, section 15). */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** An answer to an error, before it meets any HTTP library. */
export interface ErrorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
}

/** `unknown` as the RFC 9457 body of `/api/v1/*`. A cause that we did not foresee is a 500 which says nothing of it: the log does. */
export function problemOf(err: unknown, requestId: string): ErrorAnswer {
  const known = err instanceof ViceError ? err : undefined;
  const status = known?.status ?? 500;
  const told = known !== undefined && status !== 500;
  const body = {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    ...(told && { detail: known.message }),
    code: told ? known.code : 'internal',
    retryable: known?.retryable ?? false,
    request_id: requestId,
    ...(told && known.faults !== undefined && { faults: known.faults }),
    ...(told && known.details !== undefined && { details: known.details }),
  };
  return answer(status, 'application/problem+json', body, known);
}

/** `unknown` as the body of `/vice/*`: exactly `message`, and `error_code` and `details` where there are any. */
export function platformErrorOf(err: unknown): ErrorAnswer {
  const known = err instanceof ViceError ? err : undefined;
  const status = known?.status ?? 500;
  if (known === undefined || status === 500) return answer(status, 'application/json', { message: 'internal error' }, known);
  const faults = known.faults ?? [];
  const message =
    faults.length === 0 ? known.message : `${known.message}: ${faults.map((f) => (f.path === '' ? f.message : `${f.path} ${f.message}`)).join('; ')}`;
  const isPlatformCode = known.code.startsWith('ERR_');
  const body = {
    message,
    ...(isPlatformCode && { error_code: known.code }),
    ...(isPlatformCode && known.details !== undefined && { details: known.details }),
  };
  return answer(status, 'application/json', body, known);
}

function answer(status: number, contentType: string, body: Readonly<Record<string, unknown>>, err: ViceError | undefined): ErrorAnswer {
  return { status, contentType, body, ...(err?.retryAfterSeconds !== undefined && { retryAfterSeconds: err.retryAfterSeconds }) };
}
