import { apiVersionOf, type Kind, type Metadata, resources, type Stored, writable } from './kinds.ts';
import { type ManifestIn, manifestIn } from './manifest-in.ts';
import { isObject, merge } from './merge.ts';
import type { ObjectStore } from './object-store.ts';
import { alreadyExists, badRequest, conflict, notFound } from './status-error.ts';

export const FOREGROUND = 'foregroundDeletion';

/** Kubernetes keeps volumes and claims until nothing uses them. */
const protection: { readonly [K in Kind]?: string } = {
  PersistentVolume: 'kubernetes.io/pv-protection',
  PersistentVolumeClaim: 'kubernetes.io/pvc-protection',
};

export interface DeleteOptions {
  readonly propagationPolicy?: 'Foreground' | 'Background';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** What the API server does with a request once it has read it: names, revisions, finalizers and conflicts as Kubernetes has them. */
export class ApiServer {
  readonly store: ObjectStore;
  readonly #now: () => Date;
  readonly #newUid: () => string;

  constructor(store: ObjectStore, now: () => Date, newUid: () => string) {
    this.store = store;
    this.#now = now;
    this.#newUid = newUid;
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): Stored<K> {
    const found = this.store.get(kind, namespace, name);
    if (found === undefined) throw notFound(kind, name);
    return found;
  }

  /** @throws StatusError 409 when the name is taken, by an object that is being deleted too */
  create<K extends Kind>(kind: K, namespace: string, body: unknown): Stored<K> {
    return this.#insert(kind, namespace, manifestIn(kind, namespace, body));
  }

  /** Server-side apply by a client that always forces: what the manifest says is set, what it leaves out stays. */
  apply<K extends Kind>(kind: K, namespace: string, name: string, body: unknown): { readonly object: Stored<K>; readonly isNew: boolean } {
    const manifest = manifestIn(kind, namespace, body, name);
    const before = this.store.get(kind, namespace, name);
    if (before === undefined) return { object: this.#insert(kind, namespace, manifest), isNew: true };
    return { object: this.#change(before, merge(before, manifest)), isNew: false };
  }

  /** Puts what the client sends in the place of what it read. @throws StatusError 409 when that has changed since */
  replace<K extends Kind>(kind: K, namespace: string, name: string, body: unknown): Stored<K> {
    const manifest = manifestIn(kind, namespace, body, name);
    const before = this.get(kind, namespace, name);
    checkRevision(before, body);
    const status = 'status' in before ? { status: before.status } : {};
    return this.#change(before, { ...manifest, ...status });
  }

  mergePatch<K extends Kind>(kind: K, namespace: string, name: string, patch: unknown): Stored<K> {
    if (!isObject(patch) || patch['metadata'] === null) throw badRequest('a merge patch is an object with metadata');
    const before = this.get(kind, namespace, name);
    checkRevision(before, patch);
    return this.#change(before, merge(before, patch));
  }

  /** Gives the object while something still keeps it, undefined when it is gone. */
  delete<K extends Kind>(kind: K, namespace: string, name: string, options: DeleteOptions = {}): Stored<K> | undefined {
    const before = this.get(kind, namespace, name);
    checkPreconditions(before, options);
    const finalizers = new Set(before.metadata.finalizers);
    if (options.propagationPolicy === 'Foreground') finalizers.add(FOREGROUND);
    const deletionTimestamp = before.metadata.deletionTimestamp ?? this.timestamp();
    const after: Stored<K> = { ...before, metadata: { ...before.metadata, deletionTimestamp, finalizers: [...finalizers] } };
    return Bun.deepEquals(after, before) ? before : this.settle(after);
  }

  /** Stores an object as controllers leave it; one that is being deleted goes with its last finalizer. A pod stays until its node lets it go. */
  settle<K extends Kind>(object: Stored<K>): Stored<K> | undefined {
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp !== undefined && finalizers.length === 0 && object.kind !== 'Pod') {
      this.store.remove(object);
      return undefined;
    }
    return this.store.put(object.kind, object);
  }

  /** Metadata of an object that a controller makes for `owner`, which is not gone before it. */
  ownedBy(owner: Stored, name: string, labels: Readonly<Record<string, string>>): Metadata {
    const { kind, apiVersion, metadata } = owner;
    return {
      name,
      ...(metadata.namespace && { namespace: metadata.namespace }),
      uid: this.#newUid(),
      resourceVersion: '',
      generation: 1,
      creationTimestamp: this.timestamp(),
      labels,
      finalizers: [],
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true }],
    };
  }

  #insert<K extends Kind>(kind: K, namespace: string, manifest: ManifestIn<K>): Stored<K> {
    const { name, finalizers = [] } = manifest.metadata;
    const { namespaced } = resources[kind];
    if (namespaced && this.store.get('Namespace', '', namespace) === undefined) throw notFound('Namespace', namespace);
    const taken = this.store.get(kind, namespace, name);
    if (taken) throw alreadyExists(kind, name, taken.metadata.deletionTimestamp !== undefined);
    const keeper = protection[kind];
    const metadata: Metadata = {
      ...manifest.metadata,
      ...(namespaced && { namespace }),
      uid: this.#newUid(),
      resourceVersion: '',
      generation: 1,
      creationTimestamp: this.timestamp(),
      finalizers: keeper === undefined ? finalizers : [...finalizers, keeper],
    };
    return this.store.put(kind, { ...manifest, apiVersion: apiVersionOf(kind), kind, metadata });
  }

  /** Replaces `before` by what a client made of it, less what a client cannot change. A change of nothing is no change. */
  #change<K extends Kind>(before: Stored<K>, changed: unknown): Stored<K> {
    // Made of a stored object or of a checked manifest, and what either may lack or get wrong is set anew below.
    const wanted = changed as Stored<K>;
    const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp } = before.metadata;
    const metadata: Metadata = {
      name,
      ...(namespace && { namespace }),
      ...writable(wanted.metadata),
      uid,
      resourceVersion,
      generation: before.metadata.generation + (specOf(wanted) === specOf(before) ? 0 : 1),
      creationTimestamp,
      ...(deletionTimestamp && { deletionTimestamp }),
    };
    const after: Stored<K> = { ...wanted, kind: before.kind, apiVersion: before.apiVersion, metadata };
    if (Bun.deepEquals(after, before)) return before;
    return this.settle(after) ?? after;
  }

  /** Now, as Kubernetes writes it. */
  timestamp(): string {
    return this.#now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
  }
}

function specOf(object: object): string {
  return 'spec' in object ? JSON.stringify(object.spec) : '';
}

function checkRevision({ kind, metadata }: Stored, sent: unknown): void {
  const revision = isObject(sent) && isObject(sent['metadata']) ? sent['metadata']['resourceVersion'] : undefined;
  if (revision === undefined || revision === metadata.resourceVersion) return;
  throw conflict(kind, metadata.name, 'the object has been modified; please apply your changes to the latest version and try again');
}

function checkPreconditions({ kind, metadata }: Stored, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(kind, metadata.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const both = `${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`;
    throw conflict(kind, metadata.name, `Precondition failed: ResourceVersion in precondition: ${both}`);
  }
}
