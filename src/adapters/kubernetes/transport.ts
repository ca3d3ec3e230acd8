import { setTimeout as delay } from 'node:timers/promises';
import { ObjectChangedError } from '../../deployer/errors.ts';
import { codeOf } from '../../errors/code-of.ts';
import { UnavailableError } from '../../errors/errors.ts';
import { ViceError } from '../../errors/vice-error.ts';
import type { Credentials } from './credentials.ts';
import { Slots } from './slots.ts';
import { type Asked, statusError } from './status-error.ts';

/** One request at the kube-apiserver. All that are sent here may be repeated. */
export interface Call extends Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
  /** What the answer may be. @default application/json */
  readonly accept?: string;
}

export interface Transport {
  /** The JSON answer. @throws ViceError, one of those of `statusError` */
  send(call: Call, signal: AbortSignal): Promise<unknown>;
  /** The answer as it comes in, without any time limit but the signal's. @throws as send */
  open(call: Call, signal: AbortSignal): Promise<Response>;
}

export interface TransportOptions {
  readonly credentials: Credentials;
  /** @default vice-deployer */
  readonly userAgent?: string;
  /** Requests under way at once, streams aside. Bun itself holds back more than 256. @default 96 */
  readonly concurrency?: number;
  /** How long the first try may take; the second twice as long, and so on: a slow cluster never answers one who leaves after the same time each time. @default 10 s */
  readonly timeoutMs?: number;
  /** Tries of one call. @default 4 */
  readonly tries?: number;
  /** In [0, 1), for the spread of the waits. @default Math.random */
  readonly random?: () => number;
  /** Told of each try. */
  readonly asked?: (request: AskedRequest) => void;
}

export interface AskedRequest {
  readonly verb: string;
  /** `ok`, or the code of the error. */
  readonly outcome: string;
  /** Until the answer began. */
  readonly seconds: number;
}

/** A kube-apiserver that asks for more patience than this is as good as away for the one who waits. */
const LONGEST_WAIT_MS = 5_000;
const FIRST_WAIT_MS = 100;

/**
 * Requests over Bun's own `fetch`: the transport of `@kubernetes/client-node` loses every TLS setting under Bun, because the `dispatcher` that carries
 * them is ignored there. Connections are kept and shared by all calls with the same credentials.
 */
export function createTransport(options: TransportOptions): Transport {
  const { credentials, userAgent = 'vice-deployer', concurrency = 96, timeoutMs = 10_000, tries = 4, random = Math.random } = options;
  const slots = new Slots(concurrency);

  const request = async (call: Call, signal: AbortSignal): Promise<Response> => {
    const started = performance.now();
    const tell = (outcome: string) => options.asked?.({ verb: call.verb, outcome, seconds: (performance.now() - started) / 1_000 });
    try {
      const response = await fetchOnce(call, signal);
      tell('ok');
      return response;
    } catch (err) {
      tell(codeOf(err));
      throw err;
    }
  };

  const fetchOnce = async (call: Call, signal: AbortSignal, isSecondTry = false): Promise<Response> => {
    const { server, tls, headers } = await credentials.current();
    const { method, path, body, contentType = 'application/json', accept = 'application/json' } = call;
    const response = await fetch(server + path, {
      method,
      tls,
      signal,
      // The cluster's own addresses are never reached through a proxy of the environment; a watch may be silent for longer than Bun's limit.
      proxy: false,
      timeout: false,
      redirect: 'error',
      headers: { ...headers, accept, 'user-agent': userAgent, ...(body !== undefined && { 'content-type': contentType }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((err: unknown) => {
      throw unreachable(call, err);
    });
    if (response.ok) return response;
    if (response.status === 401 && !isSecondTry) {
      // The credentials may have been rotated a moment ago.
      credentials.expire();
      await response.body?.cancel();
      return fetchOnce(call, signal, true);
    }
    throw statusError(response.status, await response.text().catch(() => ''), response.headers.get('retry-after'), call);
  };

  const once = (call: Call, signal: AbortSignal, tried: number): Promise<unknown> =>
    slots.run(async () => {
      const response = await request(call, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs * tried)]));
      return response.json().catch((err: unknown) => {
        throw unreachable(call, err);
      });
    }, signal);

  const send = async (call: Call, signal: AbortSignal): Promise<unknown> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await once(call, signal, tried);
      } catch (err) {
        if (tried >= tries || signal.aborted || !isWorthAnotherTry(call, err)) throw signal.aborted ? unreachable(call, err) : err;
        await delay(waitMs(err, tried, random), undefined, { signal }).catch((stopped: unknown) => {
          throw unreachable(call, stopped);
        });
      }
    }
  };
  return { send, open: (call, signal) => request(call, signal) };
}

/** Besides what got no verdict: quotas are counted with optimistic locks, and a create among many others may lose too often. */
function isWorthAnotherTry(call: Call, err: unknown): boolean {
  if (err instanceof ObjectChangedError) return call.method === 'POST' || call.method === 'PATCH';
  return err instanceof UnavailableError;
}

/** What the kube-apiserver asked for, or twice as long each time; never the same for two who failed together. */
function waitMs(err: unknown, tried: number, random: () => number): number {
  const asked = err instanceof ViceError ? (err.retryAfterSeconds ?? 0) * 1000 : 0;
  const own = FIRST_WAIT_MS * 2 ** (tried - 1);
  return Math.min(asked, LONGEST_WAIT_MS) + own * (0.5 + random());
}

/** No answer, or half of one: what was asked may have happened. */
function unreachable(call: Call, err: unknown): ViceError {
  if (err instanceof ViceError) return err;
  // Bun's own words for it ask the reader a question.
  const isRefused = err instanceof Error && 'code' in err && err.code === 'ECONNREFUSED';
  const why = isRefused ? 'the connection was refused' : err instanceof Error ? err.message : String(err);
  return new UnavailableError(`${call.verb} ${call.what}: the kube-apiserver did not answer: ${why}`, { cause: err });
}
