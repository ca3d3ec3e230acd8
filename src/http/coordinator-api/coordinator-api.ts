import type { Elysia } from 'elysia';
import type { Logger } from 'pino';
import { createApp } from '../plumbing/app.ts';
import type { HttpMetrics } from '../plumbing/metrics.ts';
import type { OpenApiInfo } from '../plumbing/openapi.ts';
import { describeAccess, guardRoutes, type Identify } from './access.ts';
import { type AnalysisRoutesDeps, analysisRoutes } from './analyses.ts';
import { type AuditRoutesDeps, auditRoutes } from './audit.ts';
import { type ClusterRoutesDeps, clusterRoutes } from './clusters.ts';
import { type PlacementRoutesDeps, placementRoutes } from './placements.ts';
import { probes, type Readiness } from './probes.ts';
import { type ViceRoutesDeps, viceRoutes } from './vice-routes.ts';

export interface CoordinatorApiDeps extends ViceRoutesDeps, ClusterRoutesDeps, AuditRoutesDeps, AnalysisRoutesDeps, PlacementRoutesDeps {
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: HttpMetrics;
  /** Absent: nobody is asked who they are. */
  readonly identify?: Identify;
  readonly log: Logger;
}

/** How the interface describes itself. */
export const COORDINATOR_OPENAPI: OpenApiInfo = { title: 'vice coordinator', amend: describeAccess };

/** The coordinator's interface, as `serve` takes it. */
export function coordinatorApi(deps: CoordinatorApiDeps): Elysia {
  const app = createApp({ log: deps.log, metrics: deps.metrics, openApi: COORDINATOR_OPENAPI });
  if (deps.identify) guardRoutes(app, deps.identify);
  probes(app, deps.readiness);
  viceRoutes(app, deps);
  clusterRoutes(app, deps);
  auditRoutes(app, deps);
  analysisRoutes(app, deps);
  placementRoutes(app, deps);
  return app;
}
