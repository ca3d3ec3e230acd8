import type { Census } from '../../coordinator/census.ts';
import type { LaunchMeter } from '../../coordinator/launch-meter.ts';
import { codeOf } from '../../errors/code-of.ts';
import { type Exposition, Meter, type SetSample } from './meter.ts';
import { counter, gauge, histogram } from './metric.ts';
import { type AnsweredRequest, countAnswer, PROCESS, sampleProcess } from './process-metrics.ts';

const COORDINATOR = {
  launches: counter(
    'vice_launches_total',
    'Launches without faults: `applied` with the cluster that has it, `already`, or the code of the error; without a cluster it is empty',
    ['outcome', 'cluster'],
  ),
  launchSeconds: histogram('vice_launch_duration_seconds', 'How long launches took, all clusters that were tried included', ['outcome']),
  refusals: counter('vice_launch_refusals_total', 'Clusters that did not take a launch, by the code of their error', ['cluster', 'code']),
  exits: counter('vice_exits_total', 'Exits that were asked for: `ok`, or the code of the error', ['outcome']),
  reloads: counter('vice_registry_reloads_total', 'Readings of the clusters from the database: `ok`, or the code of the error', ['outcome']),
  clusters: gauge('vice_clusters', 'Registered clusters by their state', ['state']),
  probes: histogram('vice_health_probe_duration_seconds', 'How long deployers took to say how they are, by what was found', ['state']),
  skew: gauge('vice_cluster_clock_skew_seconds', 'How far the clock of a deployer is ahead of the coordinator’s at least', ['cluster']),
  analyses: gauge(
    'vice_analyses',
    'Analyses that have not ended, by their state. This and the next two are counted in the database every 15 s, by each coordinator the same: take the greatest, not the sum. Absent while it does not answer',
    ['state'],
  ),
  removals: gauge('vice_removals', 'Removals that are not done: `due`, those under way included, or `waiting` for their next try', ['state']),
  tombstones: gauge('vice_tombstones', 'Analyses of clusters that were forgotten, which may still be there'),
} as const;

export const COORDINATOR_METRICS = [...Object.values(COORDINATOR), ...Object.values(PROCESS)];

/** A cluster, as it is counted. */
interface CountedCluster {
  readonly name: string;
  readonly status: string;
  readonly deployer?: { readonly clock_skew_ms: number };
}

/** What a coordinator counts. */
export class CoordinatorMetrics implements LaunchMeter {
  readonly #meter: Meter;
  readonly #version: string;
  #clusters: () => readonly CountedCluster[] = () => [];
  #census: Census | undefined;

  constructor(version: string) {
    this.#version = version;
    this.#meter = new Meter(COORDINATOR_METRICS, (set) => this.#sample(set));
  }

  /** Which clusters are told of. */
  watch(clusters: () => readonly CountedCluster[]): void {
    this.#clusters = clusters;
  }

  /** What is told until the next count. It is not told any more when that fails. */
  async count(take: () => Promise<Census>): Promise<void> {
    try {
      this.#census = await take();
    } catch (err) {
      this.#census = undefined;
      throw err;
    }
  }

  launched(outcome: string, cluster: string, seconds: number): void {
    this.#meter.count(COORDINATOR.launches, { outcome, cluster });
    this.#meter.observe(COORDINATOR.launchSeconds, { outcome }, seconds);
  }

  refused(cluster: string, code: string): void {
    this.#meter.count(COORDINATOR.refusals, { cluster, code });
  }

  /** Counts an exit. */
  exit<T>(work: () => Promise<T>): Promise<T> {
    return this.#outcome(COORDINATOR.exits, work);
  }

  /** Counts a reading of the clusters. */
  reload<T>(work: () => Promise<T>): Promise<T> {
    return this.#outcome(COORDINATOR.reloads, work);
  }

  /** Measures a question to a deployer. */
  async probe<T extends { readonly state: string }>(ask: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const found = await ask();
    this.#meter.observe(COORDINATOR.probes, { state: found.state }, (performance.now() - started) / 1_000);
    return found;
  }

  answered(request: AnsweredRequest): void {
    countAnswer(this.#meter, request);
  }

  exposition(): Promise<Exposition> {
    return this.#meter.exposition();
  }

  async #outcome<T>(metric: typeof COORDINATOR.exits, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#meter.count(metric, { outcome: 'ok' });
      return result;
    } catch (err) {
      this.#meter.count(metric, { outcome: codeOf(err) });
      throw err;
    }
  }

  #sample(set: SetSample): void {
    sampleProcess(set, this.#version, 'coordinator');
    const states = new Map<string, number>();
    for (const { name, status, deployer } of this.#clusters()) {
      states.set(status, (states.get(status) ?? 0) + 1);
      if (deployer) set(COORDINATOR.skew, { cluster: name }, deployer.clock_skew_ms / 1_000);
    }
    for (const [state, clusters] of states) set(COORDINATOR.clusters, { state }, clusters);
    if (this.#census === undefined) return;
    for (const { state, count } of this.#census.analyses) set(COORDINATOR.analyses, { state }, count);
    set(COORDINATOR.removals, { state: 'due' }, this.#census.removals_due);
    set(COORDINATOR.removals, { state: 'waiting' }, this.#census.removals_waiting);
    set(COORDINATOR.tombstones, {}, this.#census.tombstones);
  }
}
