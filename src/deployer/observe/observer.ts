import type { DeploymentList, DeploymentStatus } from '../../schema/deployment-status.ts';
import type { ExternalId } from '../../schema/ids.ts';
import type { Kind } from '../kinds.ts';
import type { KubeObject } from '../ports.ts';
import type { Observation } from './status.ts';
import type { View } from './view.ts';

/** An analysis as it was seen, and when. */
export interface Observed extends Observation {
  readonly view: View;
}

/**
 * A {@link DeploymentList} whose items are made as they are asked for, once: each as it is then. What changes meanwhile is told again by what changed
 * since `revision`, and what is gone by then is left out.
 */
export interface Listed extends Omit<DeploymentList, 'items'> {
  readonly items: Iterable<DeploymentStatus>;
}

/** What the use cases know of the cluster: from memory, kept by watches, or by asking each time. @throws UnavailableError when it must ask and cannot */
export interface Observer {
  /** Undefined only after the cluster itself was asked for the anchor. A tombstone is seen too. */
  see(externalId: ExternalId, signal: AbortSignal): Promise<Observed | undefined>;
  /** What is remembered of it, without asking; undefined: not known. */
  recall(externalId: ExternalId): View | undefined;
  /** As `see`, from the cluster itself: the anchor and the volumes, which is what a removal must be sure of. */
  look(externalId: ExternalId, signal: AbortSignal): Promise<View>;
  /** What changed since `since`, waiting up to `waitMs` for a change; undefined when nothing did. An unknown revision gets everything. */
  list(since: string | undefined, waitMs: number, signal: AbortSignal): Promise<Listed | undefined>;
  /** Resolves to true once the watches say that the pod is not there; to false when `waitMs` have passed before, nobody waits any more, or nothing watches. */
  untilPodGone(externalId: ExternalId, pod: string, waitMs: number, signal: AbortSignal): Promise<boolean>;
  /** The deployer's own requests, told as they are answered. */
  readonly own: OwnWrites;
}

/** What the deployer's own requests taught: an observer that remembers need not wait until its watches say the same. */
export interface OwnWrites {
  wrote(kind: Kind, object: KubeObject): void;
  /** The object with this uid is gone. */
  removed(externalId: ExternalId, uid: string): void;
  /** How an analysis stands after `objects` were written, of each of which {@link wrote} was told. */
  after(externalId: ExternalId, objects: readonly Written[]): Observed;
  /** Whether the anchor with this uid is known to be on its way out, or gone. */
  isLeaving(externalId: ExternalId, anchorUid: string): boolean | undefined;
  /** Resolves to true once nothing is left but a tombstone; to false when `waitMs` have passed before. */
  untilGone(externalId: ExternalId, waitMs: number, signal: AbortSignal): Promise<boolean>;
}

export interface Written {
  readonly kind: Kind;
  readonly object: KubeObject;
}
