import type { ClusterEntry } from './ports.ts';

/** Asks one deployer whether it and its kube-apiserver answer. Never throws. */
export type Probe = (cluster: ClusterEntry, signal: AbortSignal) => Promise<boolean>;

/** So many failures in a row make a cluster unreachable: one lost packet does not, and one answer makes it well again. */
const FAILURES = 2;

/** What the probes found. Launches read it and never wait for it. */
export class ClusterHealth {
  readonly #probe: Probe;
  // By address: a cluster that moves is asked anew.
  #failures: ReadonlyMap<string, number> = new Map();

  constructor(probe: Probe) {
    this.#probe = probe;
  }

  /** Asks all clusters that may take launches, side by side. A dead one delays nobody but this round. */
  async probeAll(clusters: readonly ClusterEntry[], signal: AbortSignal): Promise<void> {
    const asked = clusters.filter(({ enabled }) => enabled);
    const failures = await Promise.all(
      asked.map(async (cluster) => {
        const answers = await this.#probe(cluster, signal);
        return [cluster.deployer_url, answers ? 0 : (this.#failures.get(cluster.deployer_url) ?? 0) + 1] as const;
      }),
    );
    if (!signal.aborted) this.#failures = new Map(failures);
  }

  /** The cluster as it was found. What an administrator decided about it stands. */
  seen(cluster: ClusterEntry): ClusterEntry {
    const failures = this.#failures.get(cluster.deployer_url);
    if (failures === undefined || cluster.status !== 'registered') return cluster;
    if (failures >= FAILURES) return { ...cluster, status: 'unreachable' };
    return failures === 0 ? { ...cluster, status: 'healthy' } : cluster;
  }
}
