import { type Static, Type } from '@sinclair/typebox';
import { InvalidDocumentError } from '../errors/errors.ts';
import { check } from '../schema/check.ts';

/**
 * What is used of an event of API Gateway's HTTP APIs and of function URLs, payload format 2.0:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
const HttpEvent = Type.Object({
  version: Type.Literal('2.0'),
  rawPath: Type.String({ pattern: '^/' }),
  rawQueryString: Type.Optional(Type.String()),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  cookies: Type.Optional(Type.Array(Type.String())),
  body: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  isBase64Encoded: Type.Optional(Type.Boolean()),
  requestContext: Type.Object({ stage: Type.Optional(Type.String()), http: Type.Object({ method: Type.String() }) }),
});
type HttpEvent = Static<typeof HttpEvent>;

// The name that a caller wrote decides nothing behind API Gateway, and a constant one cannot move the path.
const ORIGIN = 'https://lambda.internal';

/** The request that an event carries. @throws InvalidDocumentError for an event that is none of HTTP */
export function requestOf(event: unknown, requestId: string, signal: AbortSignal): Request {
  const checked = check(HttpEvent, event);
  if (!checked.ok) throw new InvalidDocumentError('the event is not an HTTP event of payload format 2.0', { faults: checked.faults });
  const { value } = checked;
  const { method } = value.requestContext.http;
  const body = method === 'GET' || method === 'HEAD' ? null : bodyOf(value);
  return new Request(`${ORIGIN}${pathOf(value)}${value.rawQueryString ? `?${value.rawQueryString}` : ''}`, {
    method,
    headers: headersOf(value, requestId),
    signal,
    body,
  });
}

/** The path without the name of the stage, which API Gateway puts before it unless the stage is the default one. */
function pathOf({ rawPath, requestContext: { stage } }: HttpEvent): string {
  const prefix = `/${stage}`;
  if (stage === undefined || stage === '$default') return rawPath;
  if (rawPath === prefix) return '/';
  return rawPath.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) : rawPath;
}

function bodyOf({ body, isBase64Encoded }: HttpEvent): string | Buffer<ArrayBuffer> | null {
  if (body === undefined || body === null) return null;
  return isBase64Encoded === true ? Buffer.from(body, 'base64') : body;
}

function headersOf({ headers: given = {}, cookies = [] }: HttpEvent, requestId: string): Headers {
  const headers = new Headers(given);
  headers.delete('host');
  if (cookies.length > 0) headers.set('cookie', cookies.join('; '));
  if (!headers.has('x-request-id')) headers.set('x-request-id', requestId);
  return headers;
}
