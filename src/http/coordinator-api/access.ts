import type { Elysia } from 'elysia';
import { ForbiddenError, UnauthorizedError } from '../../errors/errors.ts';
import type { Caller, Role } from '../../schema/caller.ts';
import { rememberCaller } from '../plumbing/request-context.ts';

/** Says who sent a token. @throws UnauthorizedError, UnavailableError */
export type Identify = (token: string) => Promise<Caller>;

const GUARDED = /^\/(api|vice\/admin)(\/|$)/;

/**
 * The role that a request to this route needs; nothing where nobody is asked who they are. It is decided by the route that was found and not by the path,
 * so that no way of writing a path leads past it.
 */
function roleFor(method: string, route: string): Role | undefined {
  if (!GUARDED.test(route)) return undefined;
  return method === 'GET' || method === 'HEAD' ? 'viewer' : 'operator';
}

/** Asks everybody who they are before a handler runs, on every route that is added afterwards. Nothing of the body has been read by then. */
export function guardRoutes(app: Elysia, identify: Identify): void {
  app.onBeforeHandle(async ({ request, route }) => {
    const needed = roleFor(request.method, route);
    if (needed === undefined) return;
    const caller = await identify(tokenIn(request.headers));
    rememberCaller(request, caller);
    if (caller.role !== 'operator' && caller.role !== needed)
      throw new ForbiddenError(`this needs the role of ${needed === 'viewer' ? 'a' : 'an'} ${needed}`);
  });
}

/** RFC 6750, section 2.1; the token may not stand in the query or a form, where others write it down. */
function tokenIn(headers: Headers): string {
  const [, token] = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(headers.get('authorization') ?? '') ?? [];
  if (token === undefined) throw new UnauthorizedError();
  return token;
}
