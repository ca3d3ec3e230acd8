import type { DeployerMeter } from '../../deployer/measured.ts';
import type { WatchState } from '../../deployer/observe/watched.ts';
import type { TransferType } from '../../schema/file-transfer.ts';
import { type Exposition, Meter, type SetSample } from './meter.ts';
import { counter, gauge, histogram } from './metric.ts';
import { type AnsweredRequest, countAnswer, PROCESS, sampleProcess } from './process-metrics.ts';

const DEPLOYER = {
  applies: histogram('vice_deployer_apply_duration_seconds', 'Applies: `created`, `unchanged`, or the code of the error', ['outcome']),
  removals: histogram('vice_deployer_remove_duration_seconds', 'Removals: `gone`, `terminating`, or the code of the error', ['outcome']),
  inHand: gauge('vice_deployer_applies_in_hand', 'Specs that are being read or applied; at `--max-applies` more are refused'),
  refusals: counter('vice_deployer_policy_refusals_total', 'Violations of the policy, by rule', ['rule']),
  kubernetes: counter('vice_kubernetes_requests_total', 'Requests to the kube-apiserver, each try: `ok`, or the code of the error', [
    'verb',
    'outcome',
  ]),
  kubernetesSeconds: histogram('vice_kubernetes_request_duration_seconds', 'How long the kube-apiserver took to begin its answer', ['verb']),
  watchAge: gauge('vice_deployer_watch_age_seconds', 'Time since the last sign of life of the watch of a kind; a quiet one shows one a minute', [
    'kind',
  ]),
  capabilityAge: gauge(
    'vice_deployer_capability_watch_age_seconds',
    'The same for what the cluster can do (nodes, classes, what pods take); kinds that the deployer may not see are left out',
    ['kind'],
  ),
  logReaders: gauge('vice_deployer_log_readers', 'Logs that are being read or followed; at 100 more are refused'),
  transfers: counter(
    'vice_deployer_file_transfers_total',
    'Requests to transfer files, by how the transfer stood when they were answered (`requested` and `running` also of one that they joined, `completed`: nothing to transfer), or the code of the error',
    ['type', 'outcome'],
  ),
  synced: gauge('vice_deployer_synced', '1 when every kind was listed and status is answered from memory'),
  analyses: gauge('vice_deployer_cached_analyses', 'Analyses in memory'),
  objects: gauge('vice_deployer_cached_objects', 'Objects of analyses in memory'),
} as const;

export const DEPLOYER_METRICS = [...Object.values(DEPLOYER), ...Object.values(PROCESS)];

/** What a deployer is doing and knows at this moment. */
interface DeployerState {
  readonly watches: WatchState;
  readonly capabilityAgesSeconds: ReadonlyMap<string, number>;
  readonly logReaders: number;
}

/** A request to the kube-apiserver that was answered, or was not. */
interface AskedKubernetes {
  readonly verb: string;
  /** `ok`, or the code of the error. */
  readonly outcome: string;
  readonly seconds: number;
}

/** What a deployer counts. */
export class DeployerMetrics implements DeployerMeter {
  readonly #meter: Meter;
  readonly #version: string;
  #inHand = 0;
  #state: (() => DeployerState) | undefined;

  constructor(version: string) {
    this.#version = version;
    this.#meter = new Meter(DEPLOYER_METRICS, (set) => this.#sample(set));
  }

  /** Whose state is told of. */
  watch(state: () => DeployerState): void {
    this.#state = state;
  }

  applied(outcome: string, seconds: number): void {
    this.#meter.observe(DEPLOYER.applies, { outcome }, seconds);
  }

  removed(outcome: string, seconds: number): void {
    this.#meter.observe(DEPLOYER.removals, { outcome }, seconds);
  }

  transferAsked(type: TransferType, outcome: string): void {
    this.#meter.count(DEPLOYER.transfers, { type, outcome });
  }

  violated(rule: string): void {
    this.#meter.count(DEPLOYER.refusals, { rule });
  }

  inHand(change: 1 | -1): void {
    this.#inHand += change;
  }

  asked({ verb, outcome, seconds }: AskedKubernetes): void {
    this.#meter.count(DEPLOYER.kubernetes, { verb, outcome });
    this.#meter.observe(DEPLOYER.kubernetesSeconds, { verb }, seconds);
  }

  answered(request: AnsweredRequest): void {
    countAnswer(this.#meter, request);
  }

  exposition(): Promise<Exposition> {
    return this.#meter.exposition();
  }

  #sample(set: SetSample): void {
    sampleProcess(set, this.#version, 'standalone');
    set(DEPLOYER.inHand, {}, this.#inHand);
    const state = this.#state?.();
    if (state === undefined) return;
    const { watches, capabilityAgesSeconds, logReaders } = state;
    for (const [kind, seconds] of watches.agesSeconds) set(DEPLOYER.watchAge, { kind }, seconds);
    for (const [kind, seconds] of capabilityAgesSeconds) set(DEPLOYER.capabilityAge, { kind }, seconds);
    set(DEPLOYER.logReaders, {}, logReaders);
    set(DEPLOYER.synced, {}, watches.isSynced ? 1 : 0);
    set(DEPLOYER.analyses, {}, watches.analyses);
    set(DEPLOYER.objects, {}, watches.objects);
  }
}
