import type { Resource } from '../kinds.ts';

/** What a cluster says of its own API. @throws UnavailableError, ClusterMisconfiguredError */
export interface ClusterDiscovery {
  /** `v1.36.3`. */
  version(signal: AbortSignal): Promise<string>;
  /** Whether the cluster has this kind at all. */
  serves(resource: Resource, signal: AbortSignal): Promise<boolean>;
}
