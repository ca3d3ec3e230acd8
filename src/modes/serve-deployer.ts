import type { Logger } from 'pino';
import { WatchedServerFiles } from '../adapters/tls-files/server-files.ts';
import type { DeployerConfig } from '../config/deployer.ts';
import { pathOf } from '../http/plumbing/path-of.ts';
import { type Servable, type Serving, serve } from '../http/plumbing/serve.ts';

/** What says nothing of analyses, and is asked by programs that have no certificate. */
const PROBES = new Set(['/livez', '/readyz', '/metrics']);

/** Serves a deployer as it is configured: in the clear, or over TLS with certificates that are read anew when they change. */
export function serveDeployer(app: Servable, config: DeployerConfig, log: Logger): Serving {
  const { port, hostname, maxBodyBytes, tlsFiles } = config;
  const address = { port, hostname, maxBodyBytes };
  if (tlsFiles === undefined) return serve(app, address);
  const { clientNames, probePort, ...files } = tlsFiles;
  const source = new WatchedServerFiles(files, log);
  const started: Serving[] = [];
  const stop = async (graceMs: number) => {
    await Promise.all(started.map((serving) => serving.stop(graceMs)));
    source.stop();
  };
  try {
    const serving = serve(app, { ...address, tls: { source, clientNames } });
    started.push(serving);
    if (probePort !== undefined) {
      const probes = serve(probesOf(app), { ...address, port: probePort });
      started.push(probes);
      log.info({ url: probes.url }, 'answering probes in the clear');
    }
    return { ...serving, stop };
  } catch (err) {
    void stop(0);
    throw err;
  }
}

function probesOf(app: Servable): Servable {
  const nothing = () => Promise.resolve(new Response(null, { status: 404 }));
  return { handle: (request) => (request.method === 'GET' && PROBES.has(pathOf(request)) ? app.handle(request) : nothing()) };
}
