import type { Elysia } from 'elysia';
import type { Logger } from 'pino';
import type { Deployer } from '../../deployer/deployer.ts';
import { createApp } from '../plumbing/app.ts';
import type { HttpMetrics } from '../plumbing/metrics.ts';
import type { OpenApiInfo } from '../plumbing/openapi.ts';
import { capabilityRoutes } from './capability-routes.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { logRoutes } from './log-routes.ts';
import { observationRoutes } from './observation-routes.ts';
import { probes } from './probes.ts';
import { transferRoutes } from './transfer-routes.ts';

export interface DeployerApiOptions {
  readonly log: Logger;
  /** Of a spec. @default 1 MiB */
  readonly maxBodyBytes?: number;
  /** @throws UnavailableError while requests cannot be answered without waiting for the cluster first. @default never */
  readonly checkReady?: () => void;
  /** Whether an answer can begin before it is complete. @default true */
  readonly canStream?: boolean;
  /** Absent: nothing is counted. */
  readonly metrics?: HttpMetrics;
}

const MIB = 1024 * 1024;

/** How the interface describes itself. */
export const DEPLOYER_OPENAPI: OpenApiInfo = { title: 'vice deployer' };

/** The deployer's interface, the same behind a socket and behind Lambda. */
export function deployerApi(deployer: Deployer, options: DeployerApiOptions): Elysia {
  const { log, metrics, maxBodyBytes = MIB, checkReady = () => {}, canStream = true } = options;
  const app = createApp({ log, metrics, openApi: DEPLOYER_OPENAPI, errorsFor: () => 'problem' });
  probes(app, deployer, checkReady);
  deploymentRoutes(app, deployer, log, maxBodyBytes);
  observationRoutes(app, deployer);
  capabilityRoutes(app, deployer);
  logRoutes(app, deployer, canStream);
  transferRoutes(app, deployer);
  return app;
}
