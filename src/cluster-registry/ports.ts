import type { ClusterState, NewCluster } from '../schema/cluster.ts';
import type { ClusterProfile } from '../schema/cluster-profile.ts';
import type { ClusterId } from '../schema/ids.ts';
import type { ClusterTls } from './cluster-tls.ts';

/** A row of `vice_clusters` as it is stored. What an administrator may have written by hand is not trusted yet. */
export interface ClusterRow {
  readonly id: ClusterId;
  readonly name: string;
  readonly deployer_url: string;
  readonly enabled: boolean;
  readonly priority: number;
  readonly mtls_enabled: boolean;
  readonly profile: unknown;
  /** RFC 3339, in UTC. */
  readonly created_at: string;
  readonly updated_at: string;
}

/** The table of clusters. Every method @throws UnavailableError when the database cannot be reached. */
export interface ClusterStore {
  list(signal: AbortSignal): Promise<readonly ClusterRow[]>;
  /** @throws ConflictError when the name is taken */
  insert(cluster: Required<Omit<NewCluster, 'mtls_enabled'>>, signal: AbortSignal): Promise<ClusterRow>;
  /** Undefined when there is no such cluster. */
  setEnabled(id: ClusterId, enabled: boolean, signal: AbortSignal): Promise<ClusterRow | undefined>;
}

/** News that the table of clusters has changed. */
export interface ClusterChanges {
  /**
   * Calls `changed` after each change, and each time that the connection was made anew, since changes may have been missed until then.
   * @throws UnavailableError when it cannot listen now; it goes on trying
   */
  listen(changed: () => void): Promise<void>;
  stop(): Promise<void>;
}

/** A cluster of the snapshot. While nothing about it changes it is the same object, so that what was made for it can be kept by it. */
export interface ClusterEntry {
  readonly id: ClusterId;
  readonly name: string;
  readonly deployer_url: string;
  readonly enabled: boolean;
  readonly priority: number;
  readonly mtls_enabled: boolean;
  readonly profile: ClusterProfile;
  readonly status: ClusterState;
  /** Why it does not answer. */
  readonly status_reason?: string;
  /** The certificates with which its deployer is spoken to. Absent: none of its own. */
  readonly tls?: ClusterTls;
  /** RFC 3339. Absent until the first check, and while the cluster is disabled. */
  readonly last_health_check?: string;
  /**
   * What is wrong with the row. Everything else is then as it was when the row was last right; if it never was, the profile is empty and the
   * cluster takes no launches.
   */
  readonly fault?: string;
  readonly created_at: string;
  readonly updated_at: string;
}
