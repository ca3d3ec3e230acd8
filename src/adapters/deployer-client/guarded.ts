import { bareHost } from '../../cluster-registry/deployer-host.ts';
import { addressesOf, type Resolve } from './addresses.ts';
import { isNotSent } from './not-sent.ts';

export type Send = (url: string, init: BunFetchRequestInit & { readonly signal: AbortSignal }) => Promise<Response>;

/**
 * Sends to none but an address that was looked at. In the clear it connects to that address itself, or a name could lead elsewhere between the look and
 * the connection; the addresses of a name are tried in turn, as long as nothing was sent. Over TLS the certificate proves the name, which no metadata service can do, and connecting
 * by address would cost a context of its own for each name, of which `fetch` keeps 60.
 */
export function guarded(send: Send, resolve: Resolve): Send {
  return async (url, init) => {
    const addresses = await addressesOf(bareHost(url), resolve, init.signal);
    if (url.startsWith('https:')) return send(url, init);
    const headers = new Headers(init.headers);
    headers.set('host', new URL(url).host);
    return firstToTake(addresses, (address) => send(at(url, address), { ...init, headers }));
  };
}

async function firstToTake(addresses: readonly string[], send: (address: string) => Promise<Response>): Promise<Response> {
  const [first, ...others] = addresses;
  if (first === undefined) throw new Error('cannot happen: a resolver gives an address or an error');
  try {
    return await send(first);
  } catch (err) {
    if (others.length === 0 || !isNotSent(err)) throw err;
    return firstToTake(others, send);
  }
}

function at(url: string, address: string): string {
  const addressed = new URL(url);
  addressed.hostname = address.includes(':') ? `[${address}]` : address;
  return addressed.href;
}
