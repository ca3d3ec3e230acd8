/** How long a client may take, in milliseconds. Whoever takes longer is cut off: a connection must not be had for nothing. */
export interface Limits {
  readonly handshakeMs: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headMs: number;
  /** From there to the end of its body. */
  readonly bodyMs: number;
  /** Until it takes some of an answer. */
  readonly stallMs: number;
  /** Between two requests. */
  readonly idleMs: number;
  /** Of one that is not let in (any more), for the request that tells it why. */
  readonly refusedMs: number;
  /** Of one that was made with a certificate that the server shows no more, since its last request. */
  readonly retiredMs: number;
  /** Further ones are closed as they come. */
  readonly mostConnections: number;
  /** How often all of this is looked at. */
  readonly sweepMs: number;
}

export const LIMITS: Limits = {
  handshakeMs: 10_000,
  headMs: 10_000,
  bodyMs: 30_000,
  stallMs: 30_000,
  idleMs: 60_000,
  refusedMs: 2_000,
  retiredMs: 2_000,
  mostConnections: 2_048,
  sweepMs: 1_000,
};
