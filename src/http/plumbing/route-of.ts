interface Route {
  readonly method: string;
  readonly path: string;
}

/** The methods that `path` answers to, sorted; none when there is no such path. Elysia itself answers a wrong method as an unknown path. */
export function allowedMethods(routes: readonly Route[], path: string): readonly string[] {
  const methods = new Set<string>();
  for (const route of routes) {
    if (!pattern(route.path).test(path)) continue;
    methods.add(route.method);
    if (route.method === 'GET') methods.add('HEAD');
  }
  return [...methods].sort();
}

/** The template of the route that `path` belongs to, by any method; `unknown` when there is no such path. */
export function routeOf(routes: readonly Route[], path: string): string {
  const route = routes.find((one) => one.path === path) ?? routes.find((one) => pattern(one.path).test(path));
  return route?.path ?? 'unknown';
}

const patterns = new Map<string, RegExp>();

function pattern(routePath: string): RegExp {
  const known = patterns.get(routePath);
  if (known) return known;
  const source = routePath
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  const fresh = new RegExp(`^${source}/?$`);
  patterns.set(routePath, fresh);
  return fresh;
}
