import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isForbidden } from '../../cluster-registry/deployer-host.ts';
import { DeployerUnreachableError } from '../../errors/errors.ts';

/** Gives every address of a name, at least one. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Short, because what a name leads to may change, and long enough that a launch asks once. */
const KEPT_MS = 5_000;

/** The resolver of the system, asked once for all who want to know the same within five seconds. */
export function keptAddresses(ask: Resolve = systemResolver, now: () => number = () => performance.now()): Resolve {
  const kept = new Map<string, { readonly addresses: Promise<readonly string[]>; readonly until: number }>();
  return (name) => {
    const known = kept.get(name);
    if (known !== undefined && known.until > now()) return known.addresses;
    for (const [each, { until }] of kept) if (until <= now()) kept.delete(each);
    const addresses = ask(name);
    kept.set(name, { addresses, until: now() + KEPT_MS });
    addresses.catch(() => kept.delete(name)); // whoever asked is told
    return addresses;
  };
}

async function systemResolver(name: string): Promise<readonly string[]> {
  try {
    // A machine without IPv6 says so at once; a network that swallows it says nothing, so that it comes last.
    return (await lookup(name, { all: true })).sort((a, b) => a.family - b.family).map(({ address }) => address);
  } catch (err) {
    throw new DeployerUnreachableError(`the deployer's host ${name} cannot be resolved`, { cause: err, details: { host: name } });
  }
}

/**
 * The addresses of a host, none of which is one that is never asked, whatever its name said when it was registered.
 * @throws DeployerUnreachableError when one is, or the host has none
 */
export async function addressesOf(host: string, resolve: Resolve, signal: AbortSignal): Promise<readonly string[]> {
  const addresses = isIP(host) === 0 ? await untilAborted(resolve(host), signal) : [host];
  const forbidden = addresses.find(isForbidden);
  if (forbidden === undefined) return addresses;
  throw new DeployerUnreachableError(`the deployer's host leads to ${forbidden}, which is never asked`, { details: { host, address: forbidden } });
}

/** A resolver cannot be called back. */
function untilAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abandon = () => reject(signal.reason);
    if (signal.aborted) abandon();
    signal.addEventListener('abort', abandon, { once: true });
    waited.then(resolve, reject).finally(() => signal.removeEventListener('abort', abandon));
  });
}
