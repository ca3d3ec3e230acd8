import type { AuditEntry } from '../schema/audit.ts';
import type { ClusterState } from '../schema/cluster.ts';
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
  /** PEM. */
  readonly ca_cert: string | null;
  /** PEM. */
  readonly client_cert: string | null;
  /** What {@link KeyVault.seal} gave. */
  readonly client_key_encrypted: Uint8Array | null;
  /** Name of a folder of files, where the key is not in the table. */
  readonly client_key_ref: string | null;
  readonly profile: unknown;
  /** RFC 3339, in UTC. */
  readonly created_at: string;
  readonly updated_at: string;
}

/** What is written of a cluster. */
export type ClusterColumns = Omit<ClusterRow, 'created_at' | 'updated_at'>;

/** Who makes a change: stands in `vice_audit` beside it. */
export interface Actor {
  /** The subject of a token, `anonymous` where nobody is asked for one, or the user of a command. */
  readonly subject: string;
  /** Address that the request came from. */
  readonly peer?: string;
  readonly request_id?: string;
}

/** How a deployer was found. `reason` is for the administrator, and holds nothing secret. */
export type Finding = { readonly state: 'healthy' } | { readonly state: 'unreachable' | 'auth_failed'; readonly reason: string };

/** What a deployer says of itself. */
export interface DeployerFacts {
  /** `0.1.0 (1a2b3c4)`. */
  readonly version: string;
  /** How far its clock is ahead of ours at least, negative when it is behind, in milliseconds. */
  readonly clock_skew_ms: number;
}

/** The table of clusters. Every change leaves a row in `vice_audit` with it, or is not made. Every method @throws UnavailableError when the database cannot be reached. */
export interface ClusterStore {
  list(signal: AbortSignal): Promise<readonly ClusterRow[]>;
  /** Undefined when there is no such cluster. */
  find(id: ClusterId, signal: AbortSignal): Promise<ClusterRow | undefined>;
  /** @throws ConflictError when the name is taken */
  insert(cluster: ClusterColumns, by: Actor, signal: AbortSignal): Promise<ClusterRow>;
  /** Undefined when the row is not as it was at `updatedAt` any more, or gone. @throws ConflictError when the name is taken */
  update(cluster: ClusterColumns, updatedAt: string, by: Actor, signal: AbortSignal): Promise<ClusterRow | undefined>;
  /** Enabling ends a draining. Undefined when there is no such cluster. */
  setEnabled(id: ClusterId, enabled: boolean, by: Actor, signal: AbortSignal): Promise<ClusterRow | undefined>;
  /** Takes no new analyses until it is enabled again. Undefined when there is no such cluster. */
  drain(id: ClusterId, by: Actor, signal: AbortSignal): Promise<ClusterRow | undefined>;
  /**
   * Disables the cluster, ends what lives there, or may, with the reason `cluster_forgotten`, and remembers what is to be removed if it comes back. Gives the
   * number of analyses that were ended. Undefined when there is no such cluster.
   */
  forget(id: ClusterId, by: Actor, signal: AbortSignal): Promise<{ readonly cluster: ClusterRow; readonly analyses: number } | undefined>;
  /** How many analyses were forgotten and may still be in this cluster. */
  tombstones(id: ClusterId, signal: AbortSignal): Promise<number>;
  /** Tells every coordinator to read the table anew, as a change of it does. */
  announce(signal: AbortSignal): Promise<void>;
  /** Does nothing while analyses live there, or may. */
  delete(id: ClusterId, by: Actor, signal: AbortSignal): Promise<'deleted' | 'absent' | { readonly living: number }>;
}

/** What was changed, by whom. */
export interface AuditLog {
  /** The latest entries first. @throws UnavailableError when the database cannot be reached */
  page(filter: AuditFilter, signal: AbortSignal): Promise<readonly AuditEntry[]>;
}

export interface AuditFilter {
  readonly limit: number;
  /** Only entries with a lower id. */
  readonly before?: string;
  /** Only those of the clusters that have this name or id, or had the name when the entry was written. */
  readonly cluster?: string;
}

/** Seals private keys, so that they are of no use to whoever reads the table. */
export interface KeyVault {
  /** False: no key is configured to seal with. */
  readonly canSeal: boolean;
  /** For the row of this cluster alone. */
  seal(id: ClusterId, clientKey: string): Uint8Array;
  /** @throws an error whose message says why not, and holds nothing of the key */
  open(id: ClusterId, sealed: Uint8Array): string;
}

/** Certificates and keys that lie in files, one folder for each cluster or reference. */
export interface CertificateFiles {
  /** PEM; nothing when there is no such file. */
  read(folder: string, file: 'ca' | 'cert' | 'key'): string | undefined;
  /** Calls back when something that was read has changed, until the function that it gives is called. */
  onChange(changed: () => void): () => void;
}

/** Where certificates of clusters come from besides their rows. */
export interface CertificateDeps {
  readonly vault: KeyVault;
  /** Absent: no directory is configured. */
  readonly files?: CertificateFiles;
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
  /** How its deployer was found when it was last asked, whatever was decided about the cluster. */
  readonly connection?: Finding;
  /** What its deployer said of itself when it last answered. */
  readonly deployer?: DeployerFacts;
  /** RFC 3339. Absent until the first check. */
  readonly last_health_check?: string;
  /**
   * What is wrong with the row. Everything else is then as it was when the row was last right; if it never was, the profile is empty and the
   * cluster takes no launches.
   */
  readonly fault?: string;
  readonly created_at: string;
  readonly updated_at: string;
}
