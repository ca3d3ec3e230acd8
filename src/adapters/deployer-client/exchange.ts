import { DeployerAuthError, DeployerUnreachableError, UnavailableError, UpstreamError } from '../../errors/errors.ts';
import { type Line, SHARED_LINE } from './line.ts';
import { codeOf, isNotSent } from './not-sent.ts';
import { refusalOfDeployer } from './tls-refusal.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly body?: string;
  readonly timeoutMs: number;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** No answer that is read here is longer by far; what is longer is not a deployer's. */
const MOST_ANSWER_BYTES = 1024 * 1024;

/**
 * One request and its whole answer.
 *
 * @throws DeployerAuthError when the deployer's certificate is refused, DeployerUnreachableError when no connection could or may be made, UnavailableError when the answer did not come whole and in time,
 *   UpstreamError when it is a redirect or too long
 */
export async function exchange(request: Exchange, signal: AbortSignal, line: Line = SHARED_LINE): Promise<Answer> {
  const { method, url, timeoutMs } = request;
  try {
    const response = await line.fetch(url, { ...initOf(request), signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
    return { status: response.status, text: await readBounded(response) };
  } catch (err) {
    throw unanswered(err, `${method} ${url}`, timeoutMs);
  }
}

/** An answer whose body is still to come. */
export interface OpenedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** All of it, where it is not long. */
  text(): Promise<string>;
  /** Nobody reads any more. */
  close(): void;
}

/** One request and the beginning of its answer, for which alone `timeoutMs` counts. @throws as {@link exchange} */
export async function openExchange(request: Exchange, signal: AbortSignal, line: Line = SHARED_LINE): Promise<OpenedAnswer> {
  const { method, url, timeoutMs } = request;
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(new DOMException('late', 'TimeoutError')), timeoutMs);
  try {
    const response = await line.fetch(url, { ...initOf(request), signal: AbortSignal.any([signal, ending.signal]) });
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      chunks: response.body ?? new Blob([]).stream(),
      text: () => readBounded(response),
      close: () => ending.abort(),
    };
  } catch (err) {
    throw unanswered(err, `${method} ${url}`, timeoutMs);
  } finally {
    clearTimeout(timer);
  }
}

function initOf({ method, body }: Exchange): BunFetchRequestInit {
  return {
    method,
    headers: { accept: 'application/json', 'user-agent': 'vice-coordinator', ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
    redirect: 'manual', // a spec goes to the address that the operator registered and nowhere else
    proxy: false, // the same: not through whatever the environment of the process names
  };
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MOST_ANSWER_BYTES) throw new UpstreamError('the deployer answered with more than 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unanswered(err: unknown, request: string, timeoutMs: number): Error {
  if (err instanceof UpstreamError || err instanceof DeployerUnreachableError) return err;
  const code = codeOf(err);
  const refusal = refusalOfDeployer(code);
  if (refusal !== undefined) return new DeployerAuthError(refusal, { cause: err, details: { request, code } });
  if (isNotSent(err)) return new DeployerUnreachableError('the deployer cannot be reached', { cause: err, details: { request, code } });
  const isTimeout = err instanceof Error && err.name === 'TimeoutError';
  const message = isTimeout ? `the deployer did not answer within ${timeoutMs} ms` : 'the connection to the deployer broke';
  return new UnavailableError(message, { cause: err, details: { request, ...(code !== '' && { code }) } });
}
