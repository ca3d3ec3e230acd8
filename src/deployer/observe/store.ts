import type { DeploymentStatus } from '../../schema/deployment-status.ts';
import type { ExternalId } from '../../schema/ids.ts';
import type { Kind } from '../kinds.ts';
import type { Facts } from './facts.ts';
import { KeptFacts } from './kept-facts.ts';
import { News } from './news.ts';
import { Shared } from './shared.ts';
import { statusOf } from './status.ts';
import { isThere, missingIn, type View } from './view.ts';
import { type Warning, Warnings } from './warnings.ts';

interface Entry {
  readonly external_id: ExternalId;
  /** Replaced as a whole at each change: a view keeps what was seen. */
  facts: readonly Facts[];
  /** Of these facts; undefined: not worked out yet. */
  missing: readonly string[] | undefined;
  /** The change that its status last differed at, and a digest of that status. */
  change: number;
  digest: number;
  isThere: boolean;
}

/** How many uids are remembered whose object has ended. */
const REMEMBERED_ENDS = 10_000;

/** How often those analyses are looked at again whose status changes by the passing of time alone. */
const AGE_EVERY_MS = 5_000;

/** Every analysis of the cluster by external id, with a number that grows with each change of a status. */
export class AnalysisStore {
  readonly #entries = new Map<ExternalId, Entry>();
  readonly #news = new News();
  readonly #shared = new Shared();
  readonly #listeners = new Set<() => void>();
  readonly #ended = new Set<string>();
  readonly #warnings = new Warnings();
  /** By the uid of whatever warnings may be about. */
  readonly #warnable = new Map<string, Entry>();
  /** What is being removed: how long that takes is told too. */
  readonly #leaving = new Set<Entry>();
  readonly #now: () => Date;
  #agedAt = 0;
  /** Whose status may differ from the one last told. It is worked out when somebody asks: a launch makes twenty changes, of which few are looked at. */
  readonly #unsettled = new Set<Entry>();
  #isTelling = false;
  /** Until every kind was listed nobody is told anything, and no status is worked out. */
  #isOpen = false;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Of the latest change of any status. */
  get change(): number {
    this.#settle();
    return this.#news.latest;
  }

  /** From now on changes are told. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#tell();
  }

  /** News that are older than what is known change nothing: the answer to a write may come after the event of the object's end. */
  put(facts: Facts): void {
    if (this.#ended.has(facts.uid)) return;
    const entry = this.#entries.get(facts.external_id) ?? newEntry(facts.external_id);
    const known = entry.facts.find(({ uid }) => uid === facts.uid);
    if (known && known.version > facts.version) return;
    if (known?.version !== facts.version || facts.version === 0) {
      const kept = new KeptFacts(facts, entry.external_id, entry.facts, this.#shared);
      replaceFacts(entry, known ? entry.facts.map((one) => (one === known ? kept : one)) : [...entry.facts, kept]);
      this.#entries.set(entry.external_id, entry);
      if (isWarnable(facts)) this.#warnable.set(facts.uid, entry);
      this.#unsettled.add(entry);
    }
    this.#tell();
  }

  /** The object with this uid is gone for good. */
  drop(externalId: ExternalId, uid: string): void {
    this.#ended.add(uid);
    if (this.#ended.size > REMEMBERED_ENDS) this.#ended.delete(this.#ended.values().next().value ?? '');
    this.#warnable.delete(uid);
    const entry = this.#entries.get(externalId);
    if (!entry) return;
    replaceFacts(
      entry,
      entry.facts.filter((facts) => facts.uid !== uid),
    );
    if (entry.facts.length === 0) this.#entries.delete(externalId);
    this.#unsettled.add(entry);
    this.#tell();
  }

  /** Of this kind there was as of `version` what `uids` names: what is known, older and not among them is gone. */
  keepOnly(kind: Kind, uids: ReadonlySet<string>, version: number): void {
    for (const { external_id, facts } of [...this.#entries.values()]) {
      for (const one of facts) if (one.kind === kind && !uids.has(one.uid) && one.version <= version) this.drop(external_id, one.uid);
    }
    this.#tell();
  }

  warn(warning: Warning): void {
    this.#warnings.put(warning);
    this.#resettle(warning.about);
  }

  unwarn(warning: Warning): void {
    this.#warnings.drop(warning);
    this.#resettle(warning.about);
  }

  /** There are no warnings but those whose uid is among these, or that are newer than `version`. */
  keepWarnings(uids: ReadonlySet<string>, version: number): void {
    for (const warning of this.#warnings.all()) if (!uids.has(warning.uid) && warning.version <= version) this.unwarn(warning);
  }

  /** Time has passed and the cluster is still there. */
  age(): void {
    const now = this.#now().getTime();
    if (now - this.#agedAt < AGE_EVERY_MS) return;
    this.#agedAt = now;
    this.#settle();
    for (const entry of this.#leaving) this.#unsettled.add(entry);
    this.#tell();
  }

  view(externalId: ExternalId): View | undefined {
    const entry = this.#entries.get(externalId);
    return entry && this.#viewOf(entry);
  }

  hasPod(externalId: ExternalId, pod: string): boolean {
    return this.#entries.get(externalId)?.facts.some(({ kind, name }) => kind === 'Pod' && name === pod) ?? false;
  }

  changeOf(externalId: ExternalId): number {
    this.#settle();
    return this.#entries.get(externalId)?.change ?? this.change;
  }

  *views(): Iterable<View> {
    for (const entry of this.#entries.values()) yield this.#viewOf(entry);
  }

  size(): { readonly analyses: number; readonly objects: number } {
    const objects = this.#entries.values().reduce((sum, { facts }) => sum + facts.length, 0);
    return { analyses: this.#entries.size, objects };
  }

  /** Of all of which anything is known, those that are gone but for a tombstone included. */
  ids(): readonly ExternalId[] {
    return [...this.#entries.keys()];
  }

  /** What changed after `change`; undefined when that is too long ago to tell. */
  since(change: number): { readonly changed: readonly ExternalId[]; readonly removed: readonly ExternalId[] } | undefined {
    this.#settle();
    const ids = this.#news.since(change);
    if (ids === undefined) return undefined;
    const isThere = (id: ExternalId) => this.#entries.get(id)?.isThere ?? false;
    return { changed: [...ids].filter(isThere), removed: [...ids].filter((id) => !isThere(id)) };
  }

  /** Calls `listener` after events, once for all that came in together, until the returned function is called. */
  onEvent(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #viewOf(entry: Entry): View {
    const { external_id, facts } = entry;
    entry.missing ??= missingIn({ external_id, facts });
    const warnings = facts.filter(isWarnable).flatMap(({ uid }) => this.#warnings.of(uid));
    return { external_id, facts, missing: entry.missing, ...(warnings.length > 0 && { warnings }) };
  }

  #resettle(uid: string): void {
    const entry = this.#warnable.get(uid);
    if (entry) this.#unsettled.add(entry);
    this.#tell();
  }

  /** Works out every status that may have changed. */
  #settle(): void {
    if (!this.#isOpen) return;
    for (const entry of this.#unsettled) this.#settleOne(entry);
    this.#unsettled.clear();
  }

  #settleOne(entry: Entry): void {
    const view = this.#viewOf(entry);
    const there = isThere(view);
    const status = there ? statusOf(view, { observedAt: this.#now(), revision: '' }) : undefined;
    if (status?.phase === 'terminating') this.#leaving.add(entry);
    else this.#leaving.delete(entry);
    const digest = status ? digestOf(status) : 0;
    if (digest === entry.digest) return;
    entry.digest = digest;
    entry.isThere = there;
    entry.change = this.#news.add(entry.external_id);
  }

  #tell(): void {
    if (this.#listeners.size === 0 || this.#isTelling) return;
    this.#isTelling = true;
    setImmediate(() => {
      this.#isTelling = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}

/** 53 bits of it, when it was seen aside: a number that is kept without an object around it. */
function digestOf(status: DeploymentStatus): number {
  return Number(BigInt.asUintN(53, Bun.hash.wyhash(JSON.stringify({ ...status, observed_at: '' }))));
}

function newEntry(external_id: ExternalId): Entry {
  return { external_id, facts: [], missing: undefined, change: 0, digest: 0, isThere: false };
}

function replaceFacts(entry: Entry, facts: readonly Facts[]): void {
  entry.facts = facts;
  entry.missing = undefined;
}

function isWarnable({ kind }: Facts): boolean {
  return kind === 'Pod' || kind === 'PersistentVolumeClaim';
}
