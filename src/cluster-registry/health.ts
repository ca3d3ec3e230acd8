import type { Logger } from 'pino';
import type { ClusterEntry } from './ports.ts';

/** Asks one deployer whether it and its kube-apiserver answer. Never throws. */
export type Probe = (cluster: ClusterEntry, signal: AbortSignal) => Promise<boolean>;

/** So many failures in a row make a cluster unreachable: one lost packet does not, and one answer makes it well again. */
const FAILURES = 2;

export interface HealthDeps {
  readonly probe: Probe;
  readonly now: () => Date;
  /** Told when a cluster stops answering, and when it answers again. */
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

interface Found {
  readonly failures: number;
  /** RFC 3339. */
  readonly at: string;
}

/** What the probes found. Launches read it and never wait for it. */
export class ClusterHealth {
  readonly #deps: HealthDeps;
  // By address: a cluster that moves is asked anew.
  #found: ReadonlyMap<string, Found> = new Map();

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  /** Asks all clusters that may take launches, side by side. A dead one delays nobody but this round. */
  async probeAll(clusters: readonly ClusterEntry[], signal: AbortSignal): Promise<void> {
    const asked = clusters.filter(({ enabled }) => enabled);
    const found = await Promise.all(
      asked.map(async (cluster) => {
        const answers = await this.#deps.probe(cluster, signal);
        return { cluster, failures: answers ? 0 : this.#failuresOf(cluster) + 1, at: this.#deps.now().toISOString() };
      }),
    );
    if (signal.aborted) return;
    for (const { cluster, failures } of found) this.#tell(cluster, failures);
    this.#found = new Map(found.map(({ cluster, failures, at }) => [cluster.deployer_url, { failures, at }]));
  }

  #failuresOf(cluster: ClusterEntry): number {
    return this.#found.get(cluster.deployer_url)?.failures ?? 0;
  }

  #tell(cluster: ClusterEntry, failures: number): void {
    const facts = { cluster: cluster.name, cluster_id: cluster.id, deployer_url: cluster.deployer_url };
    if (failures === FAILURES) this.#deps.log.warn(facts, 'a cluster does not answer; launches pass it by until it does');
    if (failures === 0 && this.#failuresOf(cluster) >= FAILURES) this.#deps.log.info(facts, 'a cluster answers again');
  }

  /** The cluster as it was found. What an administrator decided about it stands. */
  seen(cluster: ClusterEntry): ClusterEntry {
    const found = this.#found.get(cluster.deployer_url);
    if (found === undefined || !cluster.enabled) return cluster;
    const checked = { ...cluster, last_health_check: found.at };
    if (cluster.status !== 'registered') return checked;
    if (found.failures >= FAILURES) return { ...checked, status: 'unreachable' };
    return found.failures === 0 ? { ...checked, status: 'healthy' } : checked;
  }
}
