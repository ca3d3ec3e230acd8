import type { Logger } from 'pino';
import { WatchedServerFiles } from '../adapters/tls-files/server-files.ts';
import type { DeployerConfig } from '../config/deployer.ts';
import { type Servable, type Serving, serve } from '../http/plumbing/serve.ts';

/** Serves a deployer as it is configured: in the clear, or over TLS with certificates that are read anew when they change. */
export function serveDeployer(app: Servable, config: DeployerConfig, log: Logger): Serving {
  const { port, hostname, maxBodyBytes, tlsFiles } = config;
  const address = { port, hostname, maxBodyBytes };
  if (tlsFiles === undefined) return serve(app, address);
  const { clientNames, ...files } = tlsFiles;
  const source = new WatchedServerFiles(files, log);
  try {
    const serving = serve(app, { ...address, tls: { source, clientNames } });
    return { ...serving, stop: (graceMs) => serving.stop(graceMs).finally(() => source.stop()) };
  } catch (err) {
    source.stop();
    throw err;
  }
}
