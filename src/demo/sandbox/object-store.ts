import { type Kind, resources, type Stored } from './kinds.ts';

/** One thing that happened to an object. `before` is what it was, for watches that select by label. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  readonly object: Stored;
  readonly before?: Stored;
}

type Tables = { readonly [K in Kind]: Map<string, Stored<K>> };

/** Changes that a watch can still ask for; etcd forgets after five minutes. */
const REMEMBERED = 10_000;

/** All objects of one cluster, each replaced as a whole, with one revision number over all of them and a memory of what changed. */
export class ObjectStore {
  readonly #tables = emptyTables();
  readonly #listeners = new Set<(change: Change) => void>();
  #history: Change[] = [];
  #forgotten: number;
  #revision: number;

  constructor(firstRevision = 1000) {
    this.#revision = firstRevision;
    this.#forgotten = firstRevision;
  }

  get revision(): number {
    return this.#revision;
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): Stored<K> | undefined {
    return this.#tables[kind].get(`${namespace}/${name}`);
  }

  /** In the order of namespace and name; everywhere when `namespace` is left out. What has no namespace is in `''`. */
  list<K extends Kind>(kind: K, namespace?: string): Stored<K>[] {
    const found = [...this.#tables[kind].values()].filter(({ metadata }) => namespace === undefined || (metadata.namespace ?? '') === namespace);
    return found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  all(): Stored[] {
    return Object.values(this.#tables).flatMap((table): Stored[] => [...table.values()]);
  }

  /** Adds or replaces, and gives the object its revision. */
  put<K extends Kind>(kind: K, object: Stored<K>): Stored<K> {
    const table: Map<string, Stored<K>> = this.#tables[kind];
    const before = table.get(keyOf(object));
    const written = this.#withNextRevision(object);
    table.set(keyOf(object), written);
    this.#tell({ type: before ? 'MODIFIED' : 'ADDED', revision: this.#revision, object: written, ...(before && { before }) });
    return written;
  }

  remove(object: Stored): void {
    const before: Stored | undefined = this.#tables[object.kind].get(keyOf(object));
    if (before?.metadata.uid !== object.metadata.uid) return;
    this.#tables[object.kind].delete(keyOf(object));
    this.#tell({ type: 'DELETED', revision: this.#revision + 1, object: this.#withNextRevision(before), before });
  }

  /** What happened after `revision`; undefined when that is no longer known. */
  since(revision: number): Change[] | undefined {
    if (revision < this.#forgotten) return undefined;
    return this.#history.filter((change) => change.revision > revision);
  }

  /** Calls `listener` after each change, in order. Gives the function that ends it. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets the history, as etcd's compaction does. */
  compact(): void {
    this.#history = [];
    this.#forgotten = this.#revision;
  }

  #withNextRevision<T extends Stored>(object: T): T {
    this.#revision += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
  }

  #tell(change: Change): void {
    this.#history.push(change);
    if (this.#history.length > 2 * REMEMBERED) {
      this.#history = this.#history.slice(-REMEMBERED);
      this.#forgotten = (this.#history[0]?.revision ?? this.#revision) - 1;
    }
    for (const listener of this.#listeners) listener(change);
  }
}

function keyOf({ metadata }: Stored): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function emptyTables(): Tables {
  // `resources` has every kind as its key, and an empty map is one of any kind's.
  return Object.fromEntries(Object.keys(resources).map((kind) => [kind, new Map()])) as unknown as Tables;
}
