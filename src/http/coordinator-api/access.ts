import type { Elysia } from 'elysia';
import { ForbiddenError, UnauthorizedError } from '../../errors/errors.ts';
import type { Caller, Role } from '../../schema/caller.ts';
import { PlatformError, Problem } from '../../schema/problem.ts';
import type { OpenApiDocument } from '../plumbing/openapi.ts';
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
      throw new ForbiddenError(`this needs the role of ${needed === 'viewer' ? 'a' : 'an'} ${needed}`, caller.subject);
  });
}

/** Tells of every route that is guarded that it may ask for a token, and what it then answers to whoever has none. */
export function describeAccess(document: OpenApiDocument): void {
  const description = 'Asked for where the coordinator is run with --oidc-issuer: docs/reference/access.md.';
  document.components = { ...document.components, securitySchemes: { oidc: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description } } };
  for (const [path, operations] of Object.entries(document.paths)) {
    if (!GUARDED.test(path)) continue;
    const [type, schema] = path.startsWith('/api/') ? ['application/problem+json', Problem] : ['application/json', PlatformError];
    const refusal = (meaning: string) => ({ description: meaning, content: { [type]: { schema } } });
    for (const operation of Object.values(operations)) {
      operation.security = [{ oidc: [] }, {}];
      operation.responses['401'] = refusal('a token is asked for, and none came that is valid');
      operation.responses['403'] = refusal('the token does not give the role that this needs');
    }
  }
}

/** RFC 6750, section 2.1; the token may not stand in the query or a form, where others write it down. */
function tokenIn(headers: Headers): string {
  const [, token] = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(headers.get('authorization') ?? '') ?? [];
  if (token === undefined) throw new UnauthorizedError();
  return token;
}
