import type { Stored } from './kinds.ts';
import type { ObjectStore } from './object-store.ts';
import { type AnalysisFacts, analysisPage, loadingPage, nothingHerePage } from './page.ts';
import { destinationOf } from './routes.ts';

export interface FrontOptions {
  /** Asked in this order. */
  readonly clusters: readonly { readonly name: string; readonly store: ObjectStore }[];
}

/**
 * The edge in front of all clusters: one port, and the host name says which analysis is meant, as `http://<subdomain>.localhost:<port>/`. Browsers and
 * curl know that this is 127.0.0.1, other programs send it as `Host`.
 */
export interface Front {
  readonly port: number;
  stop(): Promise<void>;
}

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'x-content-type-options': 'nosniff',
};

export function startFront(options: FrontOptions): Front {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    reusePort: false,
    fetch: (request) => {
      const { status, body } = answer(options.clusters, request.headers.get('host') ?? '');
      return new Response(body, { status, headers });
    },
  });
  const port = server.port ?? 0;
  return { port, stop: () => server.stop(true) };
}

function answer(clusters: FrontOptions['clusters'], host: string): { readonly status: number; readonly body: string } {
  const hostname = host.toLowerCase().replace(/:\d+$/, '');
  if (!hostname.endsWith('.localhost')) return { status: 404, body: nothingHerePage(hostname) };
  for (const { name, store } of clusters) {
    const destination = destinationOf(store, hostname);
    if (destination.kind === 'pod') return { status: 200, body: analysisPage(factsOf(destination.pod, name)) };
    if (destination.kind === 'waiting') return { status: 503, body: loadingPage(hostname) };
  }
  return { status: 404, body: nothingHerePage(hostname) };
}

function factsOf({ metadata, spec, status }: Stored<'Pod'>, cluster: string): AnalysisFacts {
  const { labels = {}, namespace = '', name } = metadata;
  const container = spec?.containers.find((one) => one.name === 'analysis') ?? spec?.containers[0];
  const { cpu = '-', memory = '-' } = container?.resources?.limits ?? {};
  return {
    name: labels['analysis-name'] ?? name,
    app: labels['app-name'] ?? '-',
    user: labels['username'] ?? '-',
    image: container?.image ?? '-',
    resources: `${cpu} CPU, ${readable(String(memory))} memory`,
    cluster,
    namespace,
    pod: name,
    externalId: labels['external-id'] ?? '-',
    since: status?.startTime ?? '-',
  };
}

/** `17179869184` as `16 GiB`; what has a unit already stays. */
function readable(quantity: string): string {
  const bytes = Number(quantity);
  return Number.isFinite(bytes) && bytes >= 2 ** 20 ? `${Number((bytes / 2 ** 30).toFixed(2))} GiB` : quantity;
}
