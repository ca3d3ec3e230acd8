import { DeployerAuthError, DeployerUnreachableError } from '../errors/errors.ts';
import type { Deployer } from './ports.ts';

/** What is known of the life of one deployer. */
export interface Guard {
  /** Why it is not to be asked now; undefined when it is. */
  closedBecause(): { readonly state: 'unreachable' | 'auth_failed'; readonly reason: string } | undefined;
  /** A launch that began to ask at `since`, in milliseconds of the epoch, found no sign of life. */
  lost(failure: { readonly state: 'unreachable' | 'auth_failed'; readonly reason: string }, since: number): void;
}

/**
 * The deployer behind the breaker of its cluster: while that is open every call fails at once, with the error of a deployer that got nothing. A launch that finds no
 * sign of life opens it.
 */
export function guardedDeployer(deployer: Deployer, guard: Guard): Deployer {
  const unlessClosed = async <T>(call: () => Promise<T>): Promise<T> => {
    const closed = guard.closedBecause();
    if (closed !== undefined) throw errorOf(closed);
    return call();
  };
  const apply: Deployer['apply'] = async (request, signal) => {
    const since = Date.now();
    try {
      return await deployer.apply(request, signal);
    } catch (err) {
      if (err instanceof DeployerUnreachableError) {
        guard.lost({ state: err instanceof DeployerAuthError ? 'auth_failed' : 'unreachable', reason: err.message }, since);
      }
      throw err;
    }
  };
  return {
    apply: (request, signal) => unlessClosed(() => apply(request, signal)),
    status: (externalId, signal) => unlessClosed(() => deployer.status(externalId, signal)),
    remove: (lease, options, signal) => unlessClosed(() => deployer.remove(lease, options, signal)),
  };
}

function errorOf({ state, reason }: { readonly state: string; readonly reason: string }): DeployerUnreachableError {
  return state === 'auth_failed' ? new DeployerAuthError(reason) : new DeployerUnreachableError(reason);
}
