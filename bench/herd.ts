import { randomUUID } from 'node:crypto';
import type { Stored } from '../src/demo/sandbox/kinds.ts';
import type { ObjectStore } from '../src/demo/sandbox/object-store.ts';

/** Many analyses that differ in names and uids alone, in a store in which nothing happens by itself. */
export class Herd {
  readonly #store: ObjectStore;
  readonly #template: string;
  readonly #externalId: string;
  readonly #uids: readonly string[];
  /** By external id, the oldest first. */
  readonly #members = new Map<string, readonly Stored[]>();
  readonly #round = this.#goRound();
  #newest = '';

  /** `template`: every object of the analysis with this external id. */
  constructor(store: ObjectStore, template: readonly Stored[], externalId: string) {
    this.#store = store;
    this.#template = JSON.stringify(template.map(withManagers));
    this.#externalId = externalId;
    this.#uids = template.map(({ metadata }) => metadata.uid);
  }

  get size(): number {
    return this.#members.size;
  }

  /** External id of the latest. */
  get newest(): string {
    return this.#newest;
  }

  add(): void {
    const externalId = randomUUID();
    this.#newest = externalId;
    const renamed = this.#uids.reduce((text, uid) => text.replaceAll(uid, randomUUID()), this.#template.replaceAll(this.#externalId, externalId));
    const objects: readonly Stored[] = JSON.parse(renamed); // the template, renamed
    this.#members.set(externalId, objects);
    for (const object of objects) this.#store.put(object.kind, object);
  }

  /** All of the oldest goes. */
  endOldest(): void {
    for (const [externalId, objects] of this.#members) {
      this.#members.delete(externalId);
      for (const object of objects) this.#store.remove(object);
      return;
    }
  }

  /** The next object in the round of all gets a new revision; of a pod also the containers have started once more. */
  touch(): void {
    const { kind, metadata } = this.#round.next().value;
    const object = this.#store.get(kind, metadata.namespace ?? '', metadata.name);
    if (object !== undefined) this.#store.put(kind, restarted(object));
  }

  *#goRound(): Generator<Stored, never> {
    for (;;) for (const objects of this.#members.values()) for (const object of objects) yield object;
  }
}

/** With what kube-apiserver notes of who set which field: nearly half of what it sends of an object. */
function withManagers(object: Stored): Stored {
  const { apiVersion, metadata } = object;
  const by = { manager: 'vice-deployer', operation: 'Update', apiVersion, time: metadata.creationTimestamp, fieldsType: 'FieldsV1' };
  return { ...object, metadata: { ...metadata, ...{ managedFields: [{ ...by, fieldsV1: fieldsOf(object) }] } } };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/#System: a member each, items of lists by a key. */
function fieldsOf(value: unknown): object {
  if (typeof value !== 'object' || value === null) return {};
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([key, below]) => [Array.isArray(value) ? `k:{"name":"${key}"}` : `f:${key}`, fieldsOf(below)]));
}

function restarted(object: Stored): Stored {
  if (object.kind !== 'Pod') return object;
  const { status } = object as Stored<'Pod'>; // which its kind says
  const containerStatuses = status?.containerStatuses?.map((one) => ({ ...one, restartCount: one.restartCount + 1 })) ?? [];
  return { ...object, status: { ...status, containerStatuses } } as Stored;
}
