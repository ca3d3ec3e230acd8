import { type ClusterHealth, lineOf } from './health.ts';
import type { ClusterEntry } from './ports.ts';

export interface HealthProbesDeps {
  readonly health: ClusterHealth;
  readonly clusters: () => readonly ClusterEntry[];
  /** Between two probes of a cluster that answers. */
  readonly everyMs: number;
  /** Of a clock that never goes back. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** So many at once: dead ones hold theirs for seconds, and the connections are for launches too. */
const MOST_AT_ONCE = 64;

/** While it is not sure how a cluster is, it is asked again after this. */
const UNSURE_MS = 1_000;

/** When each cluster is asked: each at its own time, so that they are not all asked at once, and a dead one delays nobody. */
export class HealthProbes {
  readonly #deps: HealthProbesDeps;
  readonly #asked = new Map<string, { readonly at: number; readonly jitter: number }>();
  readonly #asking = new Map<string, Promise<void>>();

  constructor(deps: HealthProbesDeps) {
    this.#deps = deps;
  }

  /** Starts the probes that are due, those that have waited longest first, and waits for none. */
  startDue(signal: AbortSignal): void {
    const { clusters, health } = this.#deps;
    const byLine = new Map(clusters().map((cluster) => [lineOf(cluster), cluster]));
    health.keepOnly([...byLine.values()]);
    for (const line of this.#asked.keys()) if (!byLine.has(line)) this.#asked.delete(line);
    const due = [...byLine].map(([line, cluster]) => ({ line, cluster, inMs: this.#waitOf(line, cluster) })).filter(({ inMs }) => inMs <= 0);
    due.sort((a, b) => a.inMs - b.inMs);
    for (const { line, cluster } of due) {
      if (this.#asking.size >= MOST_AT_ONCE) return;
      if (!this.#asking.has(line)) this.#start(line, cluster, signal);
    }
  }

  /** Resolves when those that were started have ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#asking.values());
  }

  #start(line: string, cluster: ClusterEntry, signal: AbortSignal): void {
    const { health, now, random } = this.#deps;
    const asking = health.probe(cluster, signal).finally(() => {
      this.#asking.delete(line);
      this.#asked.set(line, { at: now(), jitter: 0.75 + random() / 2 });
    });
    this.#asking.set(line, asking);
  }

  /** Negative when it should have been asked already. */
  #waitOf(line: string, cluster: ClusterEntry): number {
    const { health, everyMs, now } = this.#deps;
    const asked = this.#asked.get(line);
    if (asked === undefined) return Number.NEGATIVE_INFINITY;
    const pause = health.isUnsure(cluster) ? Math.min(UNSURE_MS, everyMs) : everyMs;
    return asked.at + pause * asked.jitter - now();
  }
}
