import type { Logger } from 'pino';
import { tellSkew } from './clock-skew.ts';
import type { ClusterEntry, DeployerFacts, Finding } from './ports.ts';

/** How a deployer was found, and what it said of itself where it answered. */
export type Probed = Finding & { readonly deployer?: DeployerFacts };

/** Asks one deployer whether it and its kube-apiserver answer. Never throws. */
export type Probe = (cluster: ClusterEntry, signal: AbortSignal) => Promise<Probed>;

/** So many failures in a row make a cluster unreachable: one lost packet does not, and one answer makes it well again. */
const FAILURES = 2;

export interface HealthDeps {
  readonly probe: Probe;
  readonly now: () => Date;
  /** Told when a cluster stops answering, and when it answers again. */
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

interface Found {
  readonly finding: Finding;
  readonly failures: number;
  /** Of the last answer. */
  readonly deployer?: DeployerFacts | undefined;
  /** RFC 3339. */
  readonly at: string;
}

/** What the probes found. Launches read it and never wait for it. */
export class ClusterHealth {
  readonly #deps: HealthDeps;
  #seen: { readonly of: readonly ClusterEntry[]; readonly found: unknown; readonly as: readonly ClusterEntry[] } | undefined;
  // By address and certificates: a cluster that gets others is asked anew.
  #found: ReadonlyMap<string, Found> = new Map();

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  /** Asks all clusters side by side, those too that are to be enabled later. A dead one delays nobody but this round. */
  async probeAll(clusters: readonly ClusterEntry[], signal: AbortSignal): Promise<void> {
    const found = await Promise.all(clusters.map(async (cluster) => [keyOf(cluster), await this.#ask(cluster, signal)] as const));
    if (!signal.aborted) this.#found = new Map(found);
  }

  /** Asks one cluster, in between. */
  async probe(cluster: ClusterEntry, signal: AbortSignal): Promise<void> {
    const found = await this.#ask(cluster, signal);
    if (!signal.aborted) this.#found = new Map([...this.#found, [keyOf(cluster), found]]);
  }

  async #ask(cluster: ClusterEntry, signal: AbortSignal): Promise<Found> {
    const { deployer: said, ...finding } = await this.#deps.probe(cluster, signal);
    const failures = this.#failuresWith(cluster, finding);
    const known = this.#found.get(keyOf(cluster))?.deployer;
    if (cluster.enabled && !signal.aborted) {
      this.#tell(cluster, finding, failures);
      tellSkew(this.#deps.log, cluster, known, said);
    }
    return { finding, failures, deployer: said ?? known, at: this.#deps.now().toISOString() };
  }

  #failuresOf(cluster: ClusterEntry): number {
    return this.#found.get(keyOf(cluster))?.failures ?? 0;
  }

  /** A certificate that is refused is no lost packet: it counts at once. */
  #failuresWith(cluster: ClusterEntry, { state }: Finding): number {
    if (state === 'healthy') return 0;
    const known = this.#failuresOf(cluster);
    return state === 'auth_failed' && known < FAILURES ? FAILURES : known + 1;
  }

  #tell(cluster: ClusterEntry, finding: Finding, failures: number): void {
    const reason = finding.state === 'healthy' ? {} : { state: finding.state, reason: finding.reason };
    const facts = { cluster: cluster.name, cluster_id: cluster.id, deployer_url: cluster.deployer_url, ...reason };
    if (failures === FAILURES) this.#deps.log.warn(facts, 'a cluster does not answer; launches pass it by until it does');
    if (failures === 0 && this.#failuresOf(cluster) >= FAILURES) this.#deps.log.info(facts, 'a cluster answers again');
  }

  /** All of them as they were found; the same array until something changes. */
  seenAll(clusters: readonly ClusterEntry[]): readonly ClusterEntry[] {
    if (this.#seen?.of !== clusters || this.#seen.found !== this.#found) {
      this.#seen = { of: clusters, found: this.#found, as: Object.freeze(clusters.map((cluster) => this.seen(cluster))) };
    }
    return this.#seen.as;
  }

  /** The cluster as it was found. What an administrator decided about it stands. */
  seen(cluster: ClusterEntry): ClusterEntry {
    const found = this.#found.get(keyOf(cluster));
    if (found === undefined) return cluster;
    const { at: last_health_check, finding: connection, deployer } = found;
    const checked = { ...cluster, last_health_check, connection, ...(deployer && { deployer }) };
    if (cluster.status !== 'registered') return checked;
    const { finding, failures } = found;
    if (finding.state === 'healthy') return { ...checked, status: 'healthy' };
    return failures >= FAILURES ? { ...checked, status: finding.state, status_reason: finding.reason } : checked;
  }
}

function keyOf({ deployer_url, tls }: ClusterEntry): string {
  return `${deployer_url} ${tls?.digest ?? ''}`;
}
