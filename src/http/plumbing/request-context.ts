import type { Caller } from '../../schema/caller.ts';

/** What a handler may know of the request besides the request itself. */
export interface RequestContext {
  /** Echoed as `x-request-id`, in every log line and in every problem body. */
  readonly requestId: string;
  /** Aborts when nobody waits for the answer any more: the caller left, its deadline passed, or the server ends by force. */
  readonly signal: AbortSignal;
  /** Aborts when the server wants to end: whoever only waits (a long poll, a followed log) answers at once, whoever works goes on. */
  readonly draining: AbortSignal;
  /** Tells the log what cut an answer that had begun already: the client only sees that its end is missing. */
  readonly cutBy: (err: unknown) => void;
}

/** Who is at the other end of a connection, by the certificate that it showed. */
export interface ClientIdentity {
  /** `CN=vice-coordinator, O=CyVerse`. */
  readonly subject: string;
  /** The first alternative name of kind URI. */
  readonly uri?: string;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string;
}

/** What the transport knows of a request before the application sees it. */
export interface Transport {
  readonly signal: AbortSignal;
  readonly draining: AbortSignal;
  /** Aborts when the server ends and has waited long enough for the rest of a body. */
  readonly sendingEnds: AbortSignal;
  /** A body that announces more than this is refused before any route is looked up. */
  readonly maxBodyBytes: number;
  /** Address of the client. */
  readonly peer?: string;
  readonly client?: ClientIdentity;
  /** Why the client's certificate is not let in, although the handshake was made: nothing but this is answered. */
  readonly refusal?: string;
}

const transports = new WeakMap<Request, Transport>();
const contexts = new WeakMap<Request, RequestContext>();
const callers = new WeakMap<Request, Caller>();
const never = new AbortController().signal;

/** Requests that come through no server of ours (Lambda, tests) have no transport: their own signal is all there is. */
export function transportOf(request: Request): Transport {
  return transports.get(request) ?? { signal: request.signal, draining: never, sendingEnds: never, maxBodyBytes: Number.MAX_SAFE_INTEGER };
}

export function rememberTransport(request: Request, transport: Transport): void {
  transports.set(request, transport);
}

export function rememberContext(request: Request, context: RequestContext): void {
  contexts.set(request, context);
}

/** Who sent the request; nothing where nobody was asked. */
export function callerOf(request: Request): Caller | undefined {
  return callers.get(request);
}

export function rememberCaller(request: Request, caller: Caller): void {
  callers.set(request, caller);
}

/** The context of a request that runs through an application of `createApp`. */
export function contextOf(request: Request): RequestContext {
  const context = contexts.get(request);
  if (context === undefined) throw new Error('the request did not come through createApp');
  return context;
}
