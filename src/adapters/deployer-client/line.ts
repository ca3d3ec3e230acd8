import type { ClusterTls } from '../../cluster-registry/cluster-tls.ts';
import { keptAddresses } from './addresses.ts';
import { guarded, type Send } from './guarded.ts';
import { refusalOfClient } from './tls-refusal.ts';

/** How requests reach a deployer. */
export interface Line {
  fetch: Send;
  /** After a connection that broke: why certificates are the reason; nothing when they are not, or it cannot be told. Never throws. */
  refusal(url: string): Promise<string | undefined>;
  /** Closes its connections, those with a request on them when that has ended. */
  close(): void;
}

const addresses = keptAddresses();

/** Through the connections that all clusters without certificates of their own share. */
export const SHARED_LINE: Line = {
  fetch: guarded((url, init) => fetch(url, init), addresses),
  refusal: (url) => refusalOfClient(url, undefined),
  close: () => undefined,
};

/** The longest that a request takes; after it the last connection is back among those that wait, where alone it can be closed. */
const LONGEST_REQUEST_MS = 40_000;
const CLOSE_EVERY_MS = 1_000;

/**
 * Connections of one cluster's own, made with its certificates. `fetch` keeps at most 60 different sets of certificates ready; with more, each request
 * costs a handshake, so that one client certificate for all clusters is better than one for each.
 */
export function lineWith(tls: ClusterTls): Line {
  const session = new Bun.FetchSession({ tls: tls.options(), proxy: false });
  return {
    fetch: guarded((url, init) => session.fetch(url, init), addresses),
    refusal: (url) => refusalOfClient(url, tls),
    close: () => {
      session.close();
      const closing = setInterval(() => session.close(), CLOSE_EVERY_MS);
      closing.unref();
      setTimeout(() => clearInterval(closing), LONGEST_REQUEST_MS + CLOSE_EVERY_MS).unref();
    },
  };
}
