import type { AssignmentStore, Clusters } from '../coordinator/ports.ts';
import type { CoordinatorApi } from '../http/coordinator-api/coordinator-api.ts';
import type { Readiness } from '../http/coordinator-api/probes.ts';
import type { Servable } from '../http/plumbing/serve.ts';

/** Everything outside that a coordinator works with. */
export interface CoordinatorAdapters {
  readonly store: AssignmentStore;
  readonly clusters: Clusters;
  /** Makes all that must be there before launches can succeed. Called again until it succeeds. */
  prepare(signal: AbortSignal): Promise<void>;
  readiness(): Promise<Readiness>;
  /** Adds the routes that manage clusters. */
  clusterRoutes(api: CoordinatorApi): Servable;
  close(): Promise<void>;
}
