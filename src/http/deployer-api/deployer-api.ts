import type { Elysia } from 'elysia';
import type { Logger } from 'pino';
import type { Deployer } from '../../deployer/deployer.ts';
import { createApp } from '../plumbing/app.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { observationRoutes } from './observation-routes.ts';
import { probes } from './probes.ts';

export interface DeployerApiOptions {
  readonly log: Logger;
  /** Of a spec. @default 1 MiB */
  readonly maxBodyBytes?: number;
  /** Whether requests can be answered without waiting for the cluster first. @default always */
  readonly isReady?: () => boolean;
}

const MIB = 1024 * 1024;

/** The deployer's interface, the same behind a socket and behind Lambda. */
export function deployerApi(deployer: Deployer, { log, maxBodyBytes = MIB, isReady = () => true }: DeployerApiOptions): Elysia {
  const app = createApp({ log, title: 'vice deployer', errorsFor: () => 'problem' });
  probes(app, deployer, isReady);
  deploymentRoutes(app, deployer, maxBodyBytes);
  observationRoutes(app, deployer);
  return app;
}
