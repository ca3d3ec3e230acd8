import type { DeployerMeter } from '../../deployer/measured.ts';
import type { WatchState } from '../../deployer/observe/watched.ts';
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
  synced: gauge('vice_deployer_synced', '1 when every kind was listed and status is answered from memory'),
  analyses: gauge('vice_deployer_cached_analyses', 'Analyses in memory'),
  objects: gauge('vice_deployer_cached_objects', 'Objects of analyses in memory'),
} as const;

export const DEPLOYER_METRICS = [...Object.values(DEPLOYER), ...Object.values(PROCESS)];

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
  #watches: (() => WatchState) | undefined;

  constructor(version: string) {
    this.#version = version;
    this.#meter = new Meter(DEPLOYER_METRICS, (set) => this.#sample(set));
  }

  /** Whose watches are told of. */
  watch(state: () => WatchState): void {
    this.#watches = state;
  }

  applied(outcome: string, seconds: number): void {
    this.#meter.observe(DEPLOYER.applies, { outcome }, seconds);
  }

  removed(outcome: string, seconds: number): void {
    this.#meter.observe(DEPLOYER.removals, { outcome }, seconds);
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
    const state = this.#watches?.();
    if (state === undefined) return;
    for (const [kind, seconds] of state.agesSeconds) set(DEPLOYER.watchAge, { kind }, seconds);
    set(DEPLOYER.synced, {}, state.isSynced ? 1 : 0);
    set(DEPLOYER.analyses, {}, state.analyses);
    set(DEPLOYER.objects, {}, state.objects);
  }
}
