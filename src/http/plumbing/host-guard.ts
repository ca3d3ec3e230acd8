const HOST = /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

// Elysia looks for the path at the first slash from here on.
const ELYSIA_PATH_SEARCH_FROM = 11;

/**
 * Whether the host of a request can be trusted not to move its path. Elysia takes for granted that a host has four characters or more: with
 * `Host: x` a request for `/aa/admin` would run the handler of `/admin`, past whatever decided by the path before (elysiajs/elysia#748).
 */
export function isSaneHost(request: Request): boolean {
  const header = request.headers.get('host');
  if (header !== null && !HOST.test(header)) return false;
  const { url } = request;
  const path = url.indexOf('/', url.indexOf('://') + 3);
  return path !== -1 && url.indexOf('/', ELYSIA_PATH_SEARCH_FROM) === path;
}
