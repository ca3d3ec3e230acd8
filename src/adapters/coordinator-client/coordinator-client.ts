import type { Static, TSchema } from '@sinclair/typebox';
import { UnavailableError, UpstreamError } from '../../errors/errors.ts';
import { check } from '../../schema/check.ts';
import { errorOf, parsed } from './refusals.ts';

/** Where a coordinator is, and how it is spoken to. */
export interface CoordinatorAddress {
  /** It may have a path of its own. */
  readonly url: string;
  /** Secret. */
  readonly token?: string;
  /** Authorities of its certificate, PEM. Absent: those that the system trusts. */
  readonly ca?: string;
}

export interface CoordinatorRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** @default 30000 */
  readonly timeoutMs?: number;
}

/** A coordinator, as somebody outside of it sees it. Everything @throws UnavailableError when it does not answer, CoordinatorRefusedError when it refuses. */
export interface CoordinatorClient {
  readonly url: string;
  /** The answer, as the schema says it is. @throws UpstreamError when it is something else */
  ask<S extends TSchema>(request: CoordinatorRequest, schema: S, signal: AbortSignal): Promise<Static<S>>;
  /** For answers without a body of interest. */
  tell(request: CoordinatorRequest, signal: AbortSignal): Promise<void>;
  /** An answer that goes on; only the time until it begins is limited. */
  open(request: CoordinatorRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

const TIMEOUT_MS = 30_000;

export function coordinatorClient(address: CoordinatorAddress): CoordinatorClient {
  const send = async (request: CoordinatorRequest, late: AbortSignal, signal: AbortSignal): Promise<Response> => {
    const response = await begin(address, request, AbortSignal.any([signal, late]));
    if (response.ok) return response;
    throw errorOf(response, await response.text());
  };
  const exchange = <T>(request: CoordinatorRequest, signal: AbortSignal, read: (response: Response) => Promise<T>): Promise<T> =>
    explained(address, request, signal, async () => {
      const late = AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS);
      return read(await send(request, late, signal));
    });
  return {
    url: address.url,
    ask: (request, schema, signal) =>
      exchange(request, signal, async (response) => {
        const body = check(schema, parsed(await response.text()));
        if (body.ok) return body.value;
        throw new UpstreamError(`${address.url} answered with what is no answer of a coordinator of this version`, { faults: body.faults });
      }),
    tell: (request, signal) => exchange(request, signal, async (response) => void (await response.text())),
    open: async (request, signal) => {
      const response = await explained(address, request, signal, async () => {
        const late = new AbortController();
        const timer = setTimeout(() => late.abort(new DOMException('late', 'TimeoutError')), request.timeoutMs ?? TIMEOUT_MS);
        try {
          return await send(request, late.signal, signal);
        } finally {
          clearTimeout(timer);
        }
      });
      return chunksOf(response, (next) => explained(address, request, signal, next));
    },
  };
}

type Next = IteratorResult<Uint8Array, unknown>;

async function* chunksOf({ body }: Response, explain: (next: () => Promise<Next>) => Promise<Next>): AsyncGenerator<Uint8Array> {
  const chunks = (body ?? new Blob([]).stream())[Symbol.asyncIterator]();
  try {
    for (let next = await explain(() => chunks.next()); next.done !== true; next = await explain(() => chunks.next())) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

function begin({ url, token, ca }: CoordinatorAddress, { method, path, body }: CoordinatorRequest, signal: AbortSignal): Promise<Response> {
  const headers = {
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  return fetch(url.replace(/\/+$/, '') + path, {
    method,
    headers,
    redirect: 'manual', // a token is for the address that it was given for
    signal,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(ca !== undefined && { tls: { ca } }),
  });
}

async function explained<T>(
  { url }: CoordinatorAddress,
  { timeoutMs = TIMEOUT_MS }: CoordinatorRequest,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (err) {
    if (signal.aborted) throw new UnavailableError('interrupted', { cause: err });
    if (!(err instanceof Error) || !isOfTransport(err)) throw err;
    if (err.name === 'TimeoutError') throw new UnavailableError(`the coordinator at ${url} did not answer within ${timeoutMs / 1000} s`);
    const code = 'code' in err ? `: ${String(err.code)}` : '';
    throw new UnavailableError(`no connection to the coordinator at ${url} (--coordinator or VICE_COORDINATOR says where it is)${code}`);
  }
}

/** What `fetch` throws is a DOMException or has a code of the system or of OpenSSL. */
function isOfTransport(err: Error): boolean {
  return err instanceof DOMException || ('code' in err && typeof err.code === 'string' && 'errno' in err) || err instanceof TypeError;
}
