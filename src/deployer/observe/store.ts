import type { ExternalId } from '../../schema/ids.ts';
import type { Kind } from '../kinds.ts';
import type { Facts } from './facts.ts';
import { statusOf } from './status.ts';
import { isThere, type View } from './view.ts';

interface Entry {
  readonly external_id: ExternalId;
  /** By uid. */
  readonly facts: Map<string, Facts>;
  /** The change that its status last differed at, and a digest of that status. */
  change: number;
  digest: number | bigint;
  isThere: boolean;
}

/** How many removals are remembered for readers who ask what changed; who asks for older ones gets everything. */
const REMEMBERED_REMOVALS = 10_000;
/** How many uids are remembered whose object has ended. */
const REMEMBERED_ENDS = 10_000;
function newEntry(external_id: ExternalId): Entry {
  return { external_id, facts: new Map(), change: 0, digest: 0, isThere: false };
}

const timeless = { observedAt: new Date(0), revision: '' };

/** Every analysis of the cluster by external id, with a number that grows with each change of a status. */
export class AnalysisStore {
  readonly #entries = new Map<ExternalId, Entry>();
  readonly #removals: { readonly external_id: ExternalId; readonly change: number }[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #ended = new Set<string>();
  #change = 0;
  #forgottenBefore = 0;

  /** Of the latest change of any status. */
  get change(): number {
    return this.#change;
  }

  /** News that are older than what is known change nothing: the answer to a write may come after the event of the object's end. */
  put(facts: Facts): void {
    if (this.#ended.has(facts.uid)) return;
    const entry = this.#entries.get(facts.external_id) ?? newEntry(facts.external_id);
    const known = entry.facts.get(facts.uid);
    if (known && known.version > facts.version) return;
    // One text for all objects of an analysis instead of one for each: with thousands of analyses that is megabytes.
    entry.facts.set(facts.uid, { ...facts, external_id: entry.external_id });
    this.#entries.set(entry.external_id, entry);
    this.#settle(entry.external_id, entry);
  }

  /** The object with this uid is gone for good. */
  drop(externalId: ExternalId, uid: string): void {
    this.#ended.add(uid);
    if (this.#ended.size > REMEMBERED_ENDS) this.#ended.delete(this.#ended.values().next().value ?? '');
    const entry = this.#entries.get(externalId);
    if (!entry) return;
    entry.facts.delete(uid);
    if (entry.facts.size === 0) this.#entries.delete(externalId);
    this.#settle(externalId, entry);
  }

  /** All that there is of a kind as of `version`: what is known, older and not among `present` is gone. */
  replace(kind: Kind, present: readonly Facts[], version: number): void {
    const uids = new Set(present.map(({ uid }) => uid));
    for (const entry of [...this.#entries.values()]) {
      for (const facts of [...entry.facts.values()]) {
        if (facts.kind === kind && !uids.has(facts.uid) && facts.version <= version) this.drop(facts.external_id, facts.uid);
      }
    }
    for (const facts of present) this.put(facts);
    this.#tell();
  }

  view(externalId: ExternalId): View | undefined {
    const entry = this.#entries.get(externalId);
    return entry && { external_id: externalId, facts: [...entry.facts.values()] };
  }

  changeOf(externalId: ExternalId): number {
    return this.#entries.get(externalId)?.change ?? this.#change;
  }

  *views(): Iterable<View> {
    for (const [external_id, entry] of this.#entries) yield { external_id, facts: [...entry.facts.values()] };
  }

  /** What changed after `change`; undefined when that is too long ago to tell. */
  since(change: number): { readonly changed: readonly View[]; readonly removed: readonly ExternalId[] } | undefined {
    if (change < this.#forgottenBefore || change > this.#change) return undefined;
    const entries = [...this.#entries].filter(([, entry]) => entry.isThere && entry.change > change);
    const changed = entries.map(([external_id, entry]) => ({ external_id, facts: [...entry.facts.values()] }));
    const back = new Set(entries.map(([id]) => id));
    const removed = new Set(this.#removals.filter((removal) => removal.change > change).map(({ external_id }) => external_id));
    return { changed, removed: [...removed].filter((id) => !back.has(id) && !this.#entries.get(id)?.isThere) };
  }

  /** Calls `listener` after every event, until the returned function is called. */
  onEvent(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #settle(externalId: ExternalId, entry: Entry): void {
    const view: View = { external_id: externalId, facts: [...entry.facts.values()] };
    const there = isThere(view);
    const digest = there ? Bun.hash(JSON.stringify(statusOf(view, timeless))) : 0;
    if (digest !== entry.digest) {
      this.#change += 1;
      entry.change = this.#change;
      entry.digest = digest;
      if (entry.isThere && !there) this.#remember(externalId);
      entry.isThere = there;
    }
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #remember(externalId: ExternalId): void {
    this.#removals.push({ external_id: externalId, change: this.#change });
    if (this.#removals.length <= REMEMBERED_REMOVALS) return;
    const [dropped] = this.#removals.splice(0, this.#removals.length / 2).slice(-1);
    this.#forgottenBefore = dropped?.change ?? 0;
  }
}
