import type { Kind, Resource } from './kinds.ts';

/** `metadata` of any object, as far as the deployer reads or writes it. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** An object that a cluster answered with. What it holds besides its metadata is read with care: it comes from outside. */
export interface KubeObject {
  readonly metadata: ObjectMeta;
  readonly [key: string]: unknown;
}

/** An object as it is written, with the namespace and the owner that the deployer gave it. */
export interface Manifest extends KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface ObjectRef {
  readonly kind: Kind;
  readonly name: string;
}

export interface RemovalOptions {
  /** The removal touches this very object and no later one of the same name. */
  readonly uid?: string;
  /** The removal touches the object only as it was read. */
  readonly resourceVersion?: string;
  /** The object stays until everything that it owns is gone. @default false: it goes first */
  readonly foreground?: boolean;
}

/** `gone`: nothing of it is left. Else the object as it stands while something keeps it. */
export type RemovalOutcome = 'gone' | KubeObject;

/**
 * Writes at the kube-apiserver, in the deployer's own namespace for kinds that have one. Each call is one request; what failed without a verdict
 * (429, 5xx, no answer) is repeated a few times within a bound, so that `create` may report as there what an earlier try of its own made.
 *
 * Every method @throws UnavailableError: no verdict, whether it happened is not known; ClusterMisconfiguredError.
 */
export interface ObjectWriter {
  /** @throws AlreadyThereError; SpecRefusedError: the cluster does not take such an object; ClusterFullError: a quota of the namespace is used up */
  create(manifest: Manifest, signal: AbortSignal): Promise<KubeObject>;
  /** Server-side apply with the field manager `vice-deployer`, by force. @throws as create, less AlreadyThereError */
  apply(manifest: Manifest, signal: AbortSignal): Promise<KubeObject>;
  /** Puts `manifest` in the place of the object with its `resourceVersion`. @throws ObjectChangedError: it changed since, or went */
  replace(manifest: Manifest, signal: AbortSignal): Promise<KubeObject>;
  /** Nothing there is `gone` as well. @throws ObjectChangedError: it is another object by now, or was changed */
  remove(ref: ObjectRef, options: RemovalOptions, signal: AbortSignal): Promise<RemovalOutcome>;
}

/** Objects of one kind that are listed or followed. */
export interface Selection {
  /** For logs and messages. */
  readonly kind: string;
  readonly resource: Resource;
  /** In every namespace, not in the deployer's alone. @default false */
  readonly everywhere?: boolean;
  /** `key=value` or a bare `key`, joined by commas. @default all */
  readonly labelSelector?: string;
  /** `field=value`, joined by commas; https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/. @default all */
  readonly fieldSelector?: string;
  /** Nothing but the metadata of the objects is read, so the cluster need not send more. @default false */
  readonly metadataOnly?: boolean;
}

/** Reads at the kube-apiserver. @throws UnavailableError, ClusterMisconfiguredError */
export interface ObjectReader {
  find(ref: ObjectRef, signal: AbortSignal): Promise<KubeObject | undefined>;
  /** Every object that is selected. A kind that the cluster does not serve has none. */
  list(selection: Selection, signal: AbortSignal): Promise<readonly KubeObject[]>;
  /** Resolves when the kube-apiserver answers the deployer's own credentials in its own namespace. */
  ping(signal: AbortSignal): Promise<void>;
}

/** Whoever wants to know at any time what a cluster holds of a selection. Called in the order of what happened. */
export interface ObjectSink {
  /** A list of all there is begins. One that breaks off is followed by another, and its {@link ObjectListing.complete} is never called. */
  relist(): ObjectListing;
  changed(object: KubeObject): void;
  gone(object: KubeObject): void;
  /** The cluster gave a sign of life on this selection: what was told so far is what it holds. */
  alive(): void;
  /** The deployer's role does not let it look. Absent: it must, and is told of as an error. */
  denied?(): void;
}

/** A list as it comes in, page by page: thousands of objects are never in memory at once. */
export interface ObjectListing {
  page(objects: readonly KubeObject[]): void;
  /** That was all, as of `resourceVersion`. What was known and was on no page is gone. */
  complete(resourceVersion: string): void;
}

/** Lists and then watches. */
export interface ObjectFollower {
  /**
   * Keeps `sink` up to date until `signal` aborts, through restarts of the kube-apiserver and expired watches; it resolves then and never rejects.
   * A kind that the cluster does not serve is told as empty.
   */
  follow(selection: Selection, sink: ObjectSink, signal: AbortSignal): Promise<void>;
}

/** All that the deployer asks of a cluster. */
export interface Kubernetes extends ObjectWriter, ObjectReader {}
