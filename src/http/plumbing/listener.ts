import type { Transport } from './request-context.ts';

/** A socket that is listened on, in the clear or over TLS. */
export interface Listener {
  readonly port: number;
  /** Requests whose answer is not out. */
  pendingRequests(): number;
  /** Takes no new connections, and resolves when the last one is closed. */
  stop(): Promise<void>;
  /** Closes every connection. */
  cut(): void;
}

/** What a listener does with a request. */
export type Serve = (request: Request, from: Pick<Transport, 'peer' | 'client' | 'refusal'>) => Promise<Response>;

/** Where it listens. */
export interface Address {
  /** 0: any free port. */
  readonly port: number;
  readonly hostname: string;
}
