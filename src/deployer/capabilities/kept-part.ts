import { UnavailableError } from '../../errors/errors.ts';
import type { KubeObject, ObjectListing, ObjectSink } from '../ports.ts';
import type { Part } from './inventory.ts';

/** A part of the inventory, kept up to date by what a follower tells. Of each object only what counts is kept. */
export class KeptPart<T> implements ObjectSink {
  readonly part: Part<T>;
  readonly #now: () => Date;
  /** By uid. */
  #kept = new Map<string, T>();
  #state: 'unlisted' | 'listed' | 'denied' = 'unlisted';
  #aliveAt = 0;

  constructor(part: Part<T>, now: () => Date) {
    this.part = part;
    this.#now = now;
  }

  /** Of the last sign of life. */
  get aliveAt(): number {
    return this.#aliveAt;
  }

  /** Since the last sign of life of its watch; undefined while there is none. */
  get ageSeconds(): number | undefined {
    return this.#state === 'listed' ? Math.max(0, this.#now().getTime() - this.#aliveAt) / 1_000 : undefined;
  }

  /** Undefined where the deployer may not look. @throws UnavailableError before the first list */
  values(): readonly T[] | undefined {
    if (this.#state === 'unlisted') throw new UnavailableError(`${this.part.selection.kind} was not listed yet`, { retryAfterSeconds: 1 });
    return this.#state === 'denied' ? undefined : [...this.#kept.values()];
  }

  relist(): ObjectListing {
    const fresh = new Map<string, T>();
    return {
      page: (objects) => {
        for (const object of objects) this.#put(fresh, object);
      },
      complete: () => {
        this.#kept = fresh;
        this.#state = 'listed';
        this.alive();
      },
    };
  }

  changed(object: KubeObject): void {
    this.#put(this.#kept, object);
  }

  gone({ metadata }: KubeObject): void {
    this.#kept.delete(metadata.uid ?? metadata.name);
  }

  denied(): void {
    this.#kept = new Map();
    this.#state = 'denied';
    this.alive();
  }

  alive(): void {
    this.#aliveAt = this.#now().getTime();
  }

  #put(kept: Map<string, T>, object: KubeObject): void {
    const key = object.metadata.uid ?? object.metadata.name;
    const value = this.part.read(object);
    if (value === undefined) kept.delete(key);
    else kept.set(key, value);
  }
}
