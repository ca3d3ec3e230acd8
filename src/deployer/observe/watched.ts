import { UnavailableError } from '../../errors/errors.ts';
import type { DeploymentStatus } from '../../schema/deployment-status.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { KINDS, type Kind } from '../kinds.ts';
import type { KubeObject, ObjectSink } from '../ports.ts';
import { factsOf } from './facts.ts';
import { findAnchor, type LiveDeps, listAnalysis, lookForRemoval } from './live.ts';
import type { Listed, Observed, Observer, OwnWrites } from './observer.ts';
import { statusOf } from './status.ts';
import { AnalysisStore } from './store.ts';
import { anchorIn, isThere, type View } from './view.ts';
import { warningOf } from './warnings.ts';

/** Lists on which a request waits right after the start, before it asks the cluster itself. */
const SYNC_WAIT_MS = 2_000;

const KIND_NAMES = Object.keys(KINDS) as Kind[]; // the keys of the table are the kinds

export interface WatchState {
  /** Since the last sign of life of each kind's watch, of those that were listed. */
  readonly agesSeconds: ReadonlyMap<Kind, number>;
  readonly isSynced: boolean;
  readonly analyses: number;
  readonly objects: number;
}

/** An {@link Observer} that answers from memory, kept up to date by what its sinks are told. */
export class WatchedObserver implements Observer, OwnWrites {
  readonly own: OwnWrites = this;
  readonly #deps: LiveDeps;
  readonly #instance: string;
  readonly #store: AnalysisStore;
  readonly #aliveAt = new Map<Kind, number>();

  /** `instance` makes the revisions of one process its own: those of another say nothing here. */
  constructor(deps: LiveDeps, instance: string) {
    this.#deps = deps;
    this.#instance = instance;
    this.#store = new AnalysisStore(deps.now);
  }

  /** Where a follower of this kind reports. */
  sinkFor(kind: Kind): ObjectSink {
    const { namespace, now } = this.#deps;
    const alive = () => {
      this.#aliveAt.set(kind, now().getTime());
      this.#store.age();
    };
    return {
      relist: () => {
        const uids = new Set<string>();
        return {
          page: (objects) => {
            for (const facts of objects.flatMap((object) => factsOf(kind, object, namespace) ?? [])) {
              uids.add(facts.uid);
              this.#store.put(facts);
            }
          },
          complete: (version) => {
            this.#store.keepOnly(kind, uids, Number(version));
            alive();
            if (this.isSynced) this.#store.open();
          },
        };
      },
      changed: (object) => {
        const facts = factsOf(kind, object, namespace);
        if (facts) this.#store.put(facts);
      },
      gone: (object) => {
        const facts = factsOf(kind, object, namespace);
        if (facts) this.#store.drop(facts.external_id, facts.uid);
      },
      alive,
    };
  }

  /** Where a follower of warnings reports. They explain; without them all else is told as well, so nothing waits for them. */
  warningSink(): ObjectSink {
    return {
      relist: () => {
        const uids = new Set<string>();
        return {
          page: (events) => {
            for (const warning of events.flatMap((event) => warningOf(event) ?? [])) {
              uids.add(warning.uid);
              this.#store.warn(warning);
            }
          },
          complete: (version) => this.#store.keepWarnings(uids, Number(version)),
        };
      },
      changed: (event) => {
        const warning = warningOf(event);
        if (warning) this.#store.warn(warning);
      },
      gone: (event) => {
        const warning = warningOf(event);
        if (warning) this.#store.unwarn(warning);
      },
      alive: () => {},
    };
  }

  /** Whether every kind was listed once. */
  get isSynced(): boolean {
    return this.#aliveAt.size === KIND_NAMES.length;
  }

  /** @throws UnavailableError with the kinds that were not listed yet */
  checkSynced(): void {
    if (this.isSynced) return;
    const missing = KIND_NAMES.filter((kind) => !this.#aliveAt.has(kind));
    throw new UnavailableError(`the cluster was not listed yet: ${missing.join(', ')}`, { retryAfterSeconds: 1 });
  }

  /** When all of what is known was last known to be so: the oldest sign of life of any kind. Before the first lists: never. */
  get observedAt(): Date {
    return new Date(this.isSynced ? Math.min(...this.#aliveAt.values()) : 0);
  }

  /** How fresh and how much what is remembered is. */
  state(): WatchState {
    const now = this.#deps.now().getTime();
    const agesSeconds = new Map([...this.#aliveAt].map(([kind, at]) => [kind, Math.max(0, now - at) / 1_000]));
    return { agesSeconds, isSynced: this.isSynced, ...this.#store.size() };
  }

  views(): Iterable<View> {
    return this.#store.views();
  }

  async see(externalId: ExternalId, signal: AbortSignal): Promise<Observed | undefined> {
    if (!this.isSynced) await this.#until(() => this.isSynced, SYNC_WAIT_MS, signal);
    const known = this.#store.view(externalId);
    if (this.isSynced && known && isThere(known)) return this.#observed(known, this.observedAt);
    const anchor = await findAnchor(this.#deps, externalId, signal);
    if (!anchor) return undefined;
    const view = await listAnalysis(this.#deps, externalId, signal);
    for (const facts of view.facts) this.#store.put(facts);
    return this.#observed(view, this.#deps.now());
  }

  recall(externalId: ExternalId): View | undefined {
    return this.#store.view(externalId);
  }

  async look(externalId: ExternalId, signal: AbortSignal): Promise<View> {
    const view = await lookForRemoval(this.#deps, externalId, signal);
    for (const facts of view.facts) this.#store.put(facts);
    return view;
  }

  async list(since: string | undefined, waitMs: number, signal: AbortSignal): Promise<Listed | undefined> {
    if (!this.isSynced) await this.#until(() => this.isSynced, SYNC_WAIT_MS, signal);
    // An empty list would say that everything is gone.
    this.checkSynced();
    const from = this.#changeIn(since);
    if (from === undefined) return this.#everything();
    if (this.#store.change === from) await this.#until(() => this.#store.change !== from, waitMs, signal);
    const news = this.#store.since(from);
    if (news === undefined) return this.#everything();
    if (news.changed.length === 0 && news.removed.length === 0) return undefined;
    return { revision: this.#revision(), full: false, items: this.#statusesOf(news.changed), removed: [...news.removed] };
  }

  untilPodGone(externalId: ExternalId, pod: string, waitMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#until(() => !this.#store.hasPod(externalId, pod), waitMs, signal);
  }

  wrote(kind: Kind, object: KubeObject): void {
    const facts = factsOf(kind, object, this.#deps.namespace);
    if (facts) this.#store.put(facts);
  }

  removed(externalId: ExternalId, uid: string): void {
    this.#store.drop(externalId, uid);
  }

  after(externalId: ExternalId): Observed {
    return this.#observed(this.#store.view(externalId) ?? { external_id: externalId, facts: [] }, this.#deps.now());
  }

  isLeaving(externalId: ExternalId, anchorUid: string): boolean {
    const anchor = anchorIn(this.#store.view(externalId));
    return anchor?.uid !== anchorUid || anchor.isTerminating;
  }

  untilGone(externalId: ExternalId, waitMs: number, signal: AbortSignal): Promise<boolean> {
    const isGone = () => {
      const view = this.#store.view(externalId);
      return view === undefined || !isThere(view);
    };
    return this.#until(isGone, waitMs, signal);
  }

  #observed(view: View, observedAt: Date): Observed {
    return { view, observedAt, revision: this.#revision(this.#store.changeOf(view.external_id)) };
  }

  #everything(): Listed {
    return { revision: this.#revision(), full: true, items: this.#statusesOf(this.#store.ids()), removed: [] };
  }

  /** One by one: of thousands at once the statuses would be larger than all that is known of them. */
  *#statusesOf(ids: readonly ExternalId[]): Iterable<DeploymentStatus> {
    for (const id of ids) {
      const view = this.#store.view(id);
      if (view && isThere(view)) yield statusOf(view, this.#observed(view, this.observedAt));
    }
  }

  #revision(change = this.#store.change): string {
    return `${this.#instance}.${change}`;
  }

  /** The change that a revision stands for; undefined when it is none of this process. */
  #changeIn(revision: string | undefined): number | undefined {
    if (!revision?.startsWith(`${this.#instance}.`)) return undefined;
    const change = revision.slice(this.#instance.length + 1);
    return /^\d{1,15}$/.test(change) ? Number(change) : undefined;
  }

  /** Resolves as soon as `holds`, or to false when `waitMs` have passed or nobody waits any more. */
  #until(holds: () => boolean, waitMs: number, signal: AbortSignal): Promise<boolean> {
    if (holds() || waitMs <= 0 || signal.aborted) return Promise.resolve(holds());
    return new Promise((resolve) => {
      const end = (answer: boolean) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        forget();
        resolve(answer);
      };
      const giveUp = () => end(false);
      const timer = setTimeout(giveUp, waitMs);
      const forget = this.#store.onEvent(() => holds() && end(true));
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}
