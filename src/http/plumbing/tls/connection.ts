import type { TLSSocket } from 'node:tls';
import { refusalAt } from '../../../pki/trust.ts';
import type { Transport } from '../request-context.ts';
import type { Client, ClientRules } from './client-rules.ts';
import type { Limits } from './limits.ts';

/** One request of a connection, as far as its time is watched. Times are `performance.now()`. */
export interface Watched {
  readonly startedAt: number;
  isBodyComplete(): boolean;
  /** Since when the client takes nothing of what there is to send. */
  stalledSince: number | undefined;
}

/** An open connection: who is at its other end, and how long it has been doing what. */
export class Connection {
  readonly socket: TLSSocket;
  readonly #under = new Set<Watched>();
  #client: Client;
  #idleSince = performance.now();
  #bytesWhenIdle: number;
  #refusedSince: number | undefined;
  #retiredSince: number | undefined;

  constructor(socket: TLSSocket, rules: ClientRules) {
    this.socket = socket;
    this.#client = rules(socket);
    this.#bytesWhenIdle = socket.bytesRead;
  }

  get pendingRequests(): number {
    return this.#under.size;
  }

  /** Asked at every request, because certificates end and are revoked while connections last. */
  get from(): Pick<Transport, 'peer' | 'client' | 'refusal'> {
    const { identity, verdict } = this.#client;
    const peer = this.socket.remoteAddress;
    const refusal = refusalAt(verdict, Date.now());
    return { ...(peer !== undefined && { peer }), ...(identity && { client: identity }), ...(refusal !== undefined && { refusal }) };
  }

  /** Whether its next answer is the last one. */
  get isRetired(): boolean {
    return this.#retiredSince !== undefined;
  }

  /** What is under way is finished. A client that sends a request at this very moment still gets its answer, or the exchange would cost a request. */
  retire(): void {
    this.#retiredSince ??= performance.now();
  }

  judgeAnew(rules: ClientRules): void {
    this.#client = rules(this.socket);
    if (this.#under.size === 0 && refusalAt(this.#client.verdict, Date.now()) !== undefined) this.socket.destroy();
  }

  begin(isBodyComplete: () => boolean): Watched {
    const watched: Watched = { startedAt: performance.now(), isBodyComplete, stalledSince: undefined };
    this.#under.add(watched);
    return watched;
  }

  end(watched: Watched): void {
    this.#under.delete(watched);
    this.#idleSince = performance.now();
    this.#bytesWhenIdle = this.socket.bytesRead;
  }

  /** A request that has begun to come in is waited for; whoever closes the server sets the limit. */
  endWhenIdle(): void {
    if (this.#under.size === 0 && !this.#hasBegun()) this.socket.end();
  }

  /** Whether its time is over. */
  isOver(limits: Limits, now: number): boolean {
    const isRefused = refusalAt(this.#client.verdict, Date.now()) !== undefined;
    this.#refusedSince = isRefused ? (this.#refusedSince ?? now) : undefined;
    if (this.#refusedSince !== undefined && now - this.#refusedSince > limits.refusedMs) return true;
    if (this.#under.size > 0) return this.#under.values().some((watched) => isLate(watched, limits, now));
    if (this.#hasBegun()) return now - this.#idleSince > limits.headMs;
    if (this.#retiredSince !== undefined) return now - Math.max(this.#retiredSince, this.#idleSince) > limits.retiredMs;
    return now - this.#idleSince > limits.idleMs;
  }

  #hasBegun(): boolean {
    return this.socket.bytesRead > this.#bytesWhenIdle;
  }
}

function isLate({ startedAt, isBodyComplete, stalledSince }: Watched, limits: Limits, now: number): boolean {
  if (stalledSince !== undefined && now - stalledSince > limits.stallMs) return true;
  return !isBodyComplete() && now - startedAt > limits.bodyMs;
}
