import type { PlacementRequest, Ranking } from '../cluster-selector/cluster-selector.ts';
import type { JobUsage } from '../quota/decide.ts';
import type { ClusterProfile } from '../schema/cluster-profile.ts';
import type { DeploymentStatus, RemovalStatus } from '../schema/deployment-status.ts';
import type { AnalysisId, ClusterId, ExternalId } from '../schema/ids.ts';

/**
 * The right to write one row of `vice_deployments`: held by this process until its lease runs out or somebody raises the attempt. Every write
 * that takes a lease is conditional on external id, attempt, owner and state, so a writer that comes too late changes nothing and is told so.
 */
export interface Lease {
  readonly external_id: ExternalId;
  /** Grows with every launch, every placement after the first, every exit and every undoing. It goes to the deployer as `metadata.attempt`. */
  readonly attempt: number;
}

/** What a row says of an analysis before any cluster is chosen. */
export interface Reservation {
  readonly external_id: ExternalId;
  readonly analysis_id?: AnalysisId;
  readonly user_id: string;
  /** Short name, without the domain. */
  readonly username: string;
}

export type { JobUsage };

/** Decides whether the user may have one analysis more, and gives how many others may run at most. @throws QuotaRefusedError */
export type Admit = (usage: JobUsage) => number;

export type ReserveOutcome =
  /** A row in state `reserved` is ours, with a lease. `login_ip`: the user's latest login address, `''` when none is known. */
  | { readonly outcome: 'reserved'; readonly lease: Lease; readonly login_ip: string }
  /** `applied` or `running`: nothing was written. */
  | { readonly outcome: 'already' }
  /** Another launch, a removal or an undoing of the same analysis is under way: nothing was written, ask again. */
  | { readonly outcome: 'busy'; readonly state: 'launching' | 'leaving' };

/** Where an attempt goes, and the exact bytes that go there. */
export interface Placement {
  readonly cluster_id: ClusterId;
  /** What the cluster holds at most, this analysis included. What is absent has no end. */
  readonly capacity?: NonNullable<ClusterProfile['capacity']>;
  /** What the analysis takes of it, besides one slot. */
  readonly takes: Pick<PlacementRequest, 'gpus' | 'cpu_millicores' | 'memory_bytes' | 'image'>;
  /** `lease.attempt` for the first placement of a reservation, one more for each further one. */
  readonly attempt: number;
  /** The JSON that is sent, now and at every retry. */
  readonly spec: string;
  readonly spec_hash: string;
  readonly millicores: number;
  /** An earlier attempt of this launch was fenced off. @default false */
  readonly wasFenced?: boolean;
}

export type PlaceOutcome =
  /** The row is `applying` at the new attempt, with the room taken. */
  | { readonly outcome: 'placed'; readonly lease: Lease }
  /** The cluster has no room left, or came back with a former life of the analysis that is not removed yet: nothing was written. */
  | { readonly outcome: 'full' }
  /** The lease is no longer ours: nothing was written. */
  | { readonly outcome: 'lost' };

/** Why a launch ended without an analysis. */
export interface Failure {
  /** Stable, for programs: `no_cluster`, `spec_refused`, `unavailable`, `invalid_document`, `interrupted`, `internal`. */
  readonly reason: string;
  /** For the operator: what each cluster said. */
  readonly details?: Readonly<Record<string, unknown>>;
  /**
   * Something of the attempt may be, or may still come to life, in the cluster that it was placed on last. The row is then `failed` with a
   * fencing removal queued, and cannot be reserved again until that removal is confirmed: never two homes for one analysis.
   */
  readonly undo: boolean;
  /** As in {@link Placement}. */
  readonly wasFenced?: boolean;
}

/** The rows of `vice_deployments`, as a launch writes them. Each method is one transaction. All times are the database's. */
export interface LaunchStore {
  /**
   * Finds the row of the external id, counts what the user has and asks `admit`, which throws or says how many others may run at most. Then, in one
   * transaction under the lock of the user, counts again and writes the row as `reserved` with the next attempt (1 for a new row) and a lease; when
   * there are more by now, `admit` is asked anew. A row that is `stopped`, or `failed` with no removal queued, is reserved anew; its former home,
   * spec and reason go. Rows of any user, the external id decides. What `admit` throws passes through and nothing is written; `admit` is not
   * asked for `already` and `busy`.
   */
  reserve(request: Reservation, admit: (usage: JobUsage) => number, signal: AbortSignal): Promise<ReserveOutcome>;
  /** `reserved` or `applying` -> `applying` on this cluster. What is taken is counted under a lock of the cluster when `capacity` is given. */
  place(lease: Lease, placement: Placement, signal: AbortSignal): Promise<PlaceOutcome>;
  /** `applying` -> `applied`. The lease stays until `settle` or until it runs out. False: the lease is no longer ours. */
  markApplied(lease: Lease, signal: AbortSignal): Promise<boolean>;
  /** `reserved` or `applying` -> `failed`, without lease; with `undo` also one attempt more and a fencing removal, due now. False: as above. */
  markFailed(lease: Lease, failure: Failure, signal: AbortSignal): Promise<boolean>;
}

/** The rows, as an exit writes them. */
export interface ExitStore {
  /**
   * Any state but `stopped` and `failed` -> `stopping`, one attempt more, without lease, and a removal due now; the removal is a fencing one when
   * the row was `applying`. `reserved` -> `stopped` at once, since nothing was sent. Anything else is left alone. True when a removal is queued.
   */
  stop(externalId: ExternalId, signal: AbortSignal): Promise<boolean>;
}

/** A removal that is due, claimed by this process. */
export interface Removal {
  readonly lease: Lease;
  readonly cluster_id: ClusterId;
  /** Its POST may still be on its way: the deployer must be told to refuse it. */
  readonly fence: boolean;
  /** How often it was tried before. */
  readonly tries: number;
}

/** The queue of removals: rows in state `stopping`, and `failed` ones that left something behind or may have. */
export interface RemovalStore {
  /** Claims at most `limit` removals that are due and leased to nobody, oldest first, and leases them (`FOR UPDATE SKIP LOCKED`). */
  claimRemovals(limit: number, signal: AbortSignal): Promise<readonly Removal[]>;
  /** The cluster confirmed that nothing is left: `stopping` -> `stopped`; `failed` stays `failed` and can be reserved again. */
  markRemoved(lease: Lease, signal: AbortSignal): Promise<boolean>;
  /** Releases the lease and makes the removal due again after `delayMs`. `reason` is for the operator. */
  postponeRemoval(lease: Lease, delayMs: number, reason: string, signal: AbortSignal): Promise<boolean>;
}

/** Leases: who still works on what. */
export interface LeaseStore {
  /** Makes the leases of this process on these ids last anew. Ids whose lease is no longer ours are left alone. */
  heartbeat(externalIds: readonly ExternalId[], signal: AbortSignal): Promise<void>;
  /** The caller of the launch was answered: gives up our leases on these `applied` rows. */
  settle(externalIds: readonly ExternalId[], signal: AbortSignal): Promise<void>;
  /**
   * Ends what no living process works on, in rows whose lease has run out: `reserved` -> `failed` (`interrupted`); `applying` -> the same, one
   * attempt more, with a fencing removal due now; `applied` -> kept without lease, unless the `jobs` row says Failed or Canceled: then
   * `stopping`, one attempt more, with a removal due now. Gives the ids that it changed.
   */
  endAbandoned(signal: AbortSignal): Promise<readonly { readonly external_id: ExternalId; readonly state: string }[]>;
}

/** The platform's `jobs` table, which may get the analysis' row before the launch, after it, or never. */
export interface JobsStore {
  /**
   * Writes `millicores_reserved` and, where the column exists, `cluster_id` into the `jobs` rows (found by `job_steps.external_id`) of
   * analyses that were applied and not yet written, and remembers that it did. Analyses applied longer ago than `giveUpAfterMs` without a
   * `jobs` row are given up. Gives the number written.
   */
  writeToJobs(giveUpAfterMs: number, signal: AbortSignal): Promise<number>;
}

/** All that the coordinator keeps of assignments; `src/adapters/postgres/assignment-store.ts`. The owner of leases is given to the adapter. */
export interface AssignmentStore extends LaunchStore, ExitStore, RemovalStore, LeaseStore, JobsStore {}

/** One placed attempt as a deployer is sent it. */
export interface Apply {
  readonly external_id: ExternalId;
  /** The exact body, see {@link Placement}. */
  readonly spec: string;
  readonly spec_hash: string;
  readonly attempt: number;
}

/** What a deployer says of an analysis, as far as a launch or an exit wants to know. */
export type Observed = Pick<DeploymentStatus, 'external_id' | 'phase' | 'attempt' | 'spec_hash'>;

/**
 * The deployer of one cluster, as the coordinator sees it. Errors say what is known of the outcome: {@link DeployerUnreachableError}: nothing was
 * sent; UnavailableError and UpstreamError: not known.
 */
export interface Deployer {
  /**
   * Applies every manifest; repeating it changes nothing.
   * @throws SpecRefusedError, ClusterFullError, ClusterMisconfiguredError: refused, and nothing of it is in the cluster. TerminatingError: a former life of the analysis
   *   still ends there. FencedError: this attempt was ended. ConflictError: something else is there under this id. DeployerUnreachableError.
   *   UnavailableError, UpstreamError: no answer or nonsense; whether it was applied is not known.
   */
  apply(request: Apply, signal: AbortSignal): Promise<Observed>;
  /** Undefined when the cluster was asked and has nothing of it. @throws DeployerUnreachableError, UnavailableError, UpstreamError */
  status(externalId: ExternalId, signal: AbortSignal): Promise<Observed | undefined>;
  /**
   * Removes what is there of this attempt and of earlier ones; `gone` false while something still ends. With `fence` a POST of these attempts
   * that arrives later is refused. @throws as status
   */
  remove(lease: Lease, options: { readonly fence: boolean }, signal: AbortSignal): Promise<RemovalStatus>;
}

/** The registered clusters, as of this moment. */
export interface Clusters {
  /**
   * Those that could take the analysis, best first, and why the others cannot. Waits for nothing but a fresh count where one lacks room.
   * @throws UnavailableError when that count cannot be had
   */
  rank(request: PlacementRequest, signal: AbortSignal): Promise<Ranking>;
  /** Room in this cluster was reserved. */
  placed(clusterId: ClusterId, request: PlacementRequest): void;
  /** Undefined when no such cluster is registered any more. A disabled cluster has its deployer still: exits go there. */
  deployerOf(clusterId: ClusterId): Deployer | undefined;
}
