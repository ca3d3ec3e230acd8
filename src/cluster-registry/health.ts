import type { Logger } from 'pino';
import { type Breaker, breakerAfter, CLOSED } from './breaker.ts';
import { tellSkew } from './clock-skew.ts';
import type { ClusterEntry, DeployerFacts, Finding } from './ports.ts';

/** How a deployer was found, and what it said of itself where it answered. */
export type Probed = Finding & { readonly deployer?: DeployerFacts };

/** Asks one deployer whether it and its kube-apiserver answer. Never throws. */
export type Probe = (cluster: ClusterEntry, signal: AbortSignal) => Promise<Probed>;

export type Failure = Exclude<Finding, { state: 'healthy' }>;

export interface HealthDeps {
  readonly probe: Probe;
  readonly now: () => Date;
  /** Told when a cluster stops answering, and when it answers again. */
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

interface Found {
  /** Of the last probe, or of a launch since. */
  readonly finding: Finding;
  readonly breaker: Breaker;
  /** The last one. */
  readonly failure?: Failure | undefined;
  readonly hasAnswered: boolean;
  /** When the breaker closed last. */
  readonly closedAt: number;
  /** Of the last answer. */
  readonly deployer?: DeployerFacts | undefined;
  /** Of the last probe, RFC 3339. */
  readonly at?: string | undefined;
}

const UNKNOWN: Omit<Found, 'finding'> = { breaker: CLOSED, hasAnswered: false, closedAt: Number.NEGATIVE_INFINITY };

/**
 * How the deployers were found, with one breaker for each address: launches read it and never wait for it. Only probes close a breaker; no launch is ever sent to find
 * out whether a dead cluster lives.
 */
export class ClusterHealth {
  readonly #deps: HealthDeps;
  // A cluster that gets another address or other certificates is asked anew.
  readonly #found = new Map<string, Found>();
  #changes = 0;
  #seen: { readonly of: readonly ClusterEntry[]; readonly changes: number; readonly as: readonly ClusterEntry[] } | undefined;

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  /** Asks one cluster, also one that is to be enabled later, and remembers what it found. Never throws. */
  async probe(cluster: ClusterEntry, signal: AbortSignal): Promise<void> {
    const { deployer: said, ...finding } = await this.#deps.probe(cluster, signal);
    if (signal.aborted) return;
    const known = this.#found.get(lineOf(cluster))?.deployer;
    if (cluster.enabled) tellSkew(this.#deps.log, cluster, known, said);
    const outcome = finding.state === 'healthy' ? 'answer' : finding.state === 'auth_failed' ? 'certain' : 'failure';
    this.#record(cluster, finding, outcome, { at: this.#deps.now().toISOString(), deployer: said ?? known });
  }

  /** A launch that began at `since` found no sign of life. What has answered again meanwhile is not taken for dead. */
  lost(cluster: ClusterEntry, failure: Failure, since: number): void {
    const found = this.#found.get(lineOf(cluster));
    if (found !== undefined && found.closedAt > since) return;
    this.#record(cluster, failure, 'certain', {});
  }

  /** Undefined: it may be asked. Else why it is passed by. */
  closedBecause(cluster: ClusterEntry): Failure | undefined {
    const found = this.#found.get(lineOf(cluster));
    return found?.breaker.isOpen ? found.failure : undefined;
  }

  /** Nothing is known of it, or what is known speaks against itself: then it should be asked soon. */
  isUnsure(cluster: ClusterEntry): boolean {
    const found = this.#found.get(lineOf(cluster));
    return found === undefined || found.breaker.isOpen || found.breaker.streak > 0;
  }

  /** Forgets what is no cluster any more. */
  keepOnly(clusters: readonly ClusterEntry[]): void {
    const lines = new Set(clusters.map(lineOf));
    for (const line of this.#found.keys()) if (!lines.has(line)) this.#found.delete(line);
  }

  /** All of them as they were found; the same array until something changes. */
  seenAll(clusters: readonly ClusterEntry[]): readonly ClusterEntry[] {
    if (this.#seen?.of !== clusters || this.#seen.changes !== this.#changes) {
      this.#seen = { of: clusters, changes: this.#changes, as: Object.freeze(clusters.map((cluster) => this.seen(cluster))) };
    }
    return this.#seen.as;
  }

  /** The cluster as it was found. What an administrator decided about it stands. */
  seen(cluster: ClusterEntry): ClusterEntry {
    const found = this.#found.get(lineOf(cluster));
    if (found === undefined) return cluster;
    const { at, finding: connection, deployer, breaker, failure, hasAnswered } = found;
    const checked = { ...cluster, connection, ...(at !== undefined && { last_health_check: at }), ...(deployer && { deployer }) };
    if (cluster.status !== 'registered') return checked;
    if (breaker.isOpen && failure) return { ...checked, status: failure.state, status_reason: failure.reason };
    return hasAnswered ? { ...checked, status: 'healthy' } : checked;
  }

  #record(cluster: ClusterEntry, finding: Finding, outcome: Parameters<typeof breakerAfter>[1], facts: Partial<Found>): void {
    const known = this.#found.get(lineOf(cluster)) ?? { ...UNKNOWN, finding };
    const breaker = breakerAfter(known.breaker, outcome);
    const isTurned = breaker.isOpen !== known.breaker.isOpen;
    this.#found.set(lineOf(cluster), {
      ...known,
      ...facts,
      finding,
      breaker,
      failure: finding.state === 'healthy' ? known.failure : finding,
      hasAnswered: known.hasAnswered || finding.state === 'healthy',
      closedAt: isTurned && !breaker.isOpen ? this.#deps.now().getTime() : known.closedAt,
    });
    this.#changes += 1;
    if (isTurned && cluster.enabled) this.#tell(cluster, finding);
  }

  #tell(cluster: ClusterEntry, finding: Finding): void {
    const facts = { cluster: cluster.name, cluster_id: cluster.id, deployer_url: cluster.deployer_url };
    if (finding.state === 'healthy') this.#deps.log.info(facts, 'a cluster answers again');
    else this.#deps.log.warn({ ...facts, ...finding }, 'a cluster does not answer; launches pass it by until it does');
  }
}

/** Clusters with the same address and certificates are one. */
export function lineOf({ deployer_url, tls }: ClusterEntry): string {
  return `${deployer_url} ${tls?.digest ?? ''}`;
}
