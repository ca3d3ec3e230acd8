import type { Container, ContainerState, PodStatus } from 'kubernetes-types/core/v1';
import type { ApiServer } from '../api-server.ts';
import type { Stored } from '../kinds.ts';
import type { Timers } from '../timers.ts';

export interface PodDelays {
  /** From the moment that a pod's claims are bound until it is ready. */
  readonly startMs: number;
  /** From the moment that a pod is to end until it is gone. */
  readonly stopMs: number;
}

/** Schedules pods, starts them and lets them end: the scheduler and the only node of the cluster. */
export class Node {
  readonly #api: ApiServer;
  readonly #timers: Timers;
  readonly #delays: PodDelays;
  readonly #name: string;
  /** Pods whose end is on its way, by uid. */
  readonly #ending = new Set<string>();
  #addresses = 0;

  constructor(api: ApiServer, timers: Timers, delays: PodDelays, name: string) {
    this.#api = api;
    this.#timers = timers;
    this.#delays = delays;
    this.#name = name;
  }

  tendPods(): void {
    for (const pod of this.#api.store.list('Pod')) {
      if (pod.metadata.deletionTimestamp !== undefined) this.#end(pod);
      else if (pod.spec?.nodeName === undefined) this.#schedule(pod);
    }
  }

  #schedule(pod: Stored<'Pod'>): void {
    const obstacle = obstacleOf(this.#api, pod);
    if (obstacle === undefined) {
      const placed = { ...pod, spec: { containers: [], ...pod.spec, nodeName: this.#name } };
      this.#api.store.put('Pod', { ...placed, status: this.#statusOf(placed, 'creating') });
      this.#timers.after(this.#delays.startMs, () => this.#start(pod));
      return;
    }
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: obstacle };
    const status = { phase: 'Pending', conditions: [condition] };
    if (!Bun.deepEquals(pod.status, status)) this.#api.store.put('Pod', { ...pod, status });
  }

  #start({ metadata }: Stored<'Pod'>): void {
    const pod = this.#api.store.get('Pod', metadata.namespace ?? '', metadata.name);
    if (pod?.metadata.uid !== metadata.uid || pod.metadata.deletionTimestamp !== undefined) return;
    this.#api.store.put('Pod', { ...pod, status: this.#statusOf(pod, 'running') });
  }

  #end(pod: Stored<'Pod'>): void {
    const { uid, finalizers = [] } = pod.metadata;
    if (this.#ending.has(uid) || finalizers.length > 0) return;
    this.#ending.add(uid);
    this.#timers.after(this.#delays.stopMs, () => {
      this.#ending.delete(uid);
      this.#api.store.remove(pod);
    });
  }

  #statusOf(pod: Stored<'Pod'>, state: 'creating' | 'running'): PodStatus {
    const isRunning = state === 'running';
    const now = this.#api.timestamp();
    const conditions = [
      { type: 'PodScheduled', status: 'True' },
      { type: 'Initialized', status: isRunning ? 'True' : 'False' },
      { type: 'ContainersReady', status: isRunning ? 'True' : 'False' },
      { type: 'Ready', status: isRunning ? 'True' : 'False' },
    ];
    const started = { running: { startedAt: now } };
    const finished = { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } };
    const waiting = { waiting: { reason: 'PodInitializing' } };
    this.#addresses += 1;
    return {
      phase: isRunning ? 'Running' : 'Pending',
      conditions: conditions.map((condition) => ({ ...condition, lastTransitionTime: now })),
      startTime: now,
      hostIP: '10.0.0.1',
      ...(isRunning && { podIP: `10.1.${(this.#addresses >> 8) % 256}.${this.#addresses % 256}` }),
      initContainerStatuses: (pod.spec?.initContainers ?? []).map(containerStatus(isRunning ? finished : waiting, isRunning)),
      containerStatuses: (pod.spec?.containers ?? []).map(containerStatus(isRunning ? started : waiting, isRunning)),
    };
  }
}

function containerStatus(state: ContainerState, ready: boolean) {
  const started = state.running !== undefined;
  return ({ name, image = '' }: Container) => ({ name, image, imageID: '', ready, restartCount: 0, started, state });
}

/** Why no node can take the pod yet, in the words of Kubernetes' scheduler. */
function obstacleOf(api: ApiServer, pod: Stored<'Pod'>): string | undefined {
  for (const { persistentVolumeClaim } of pod.spec?.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const { claimName } = persistentVolumeClaim;
    const claim = api.store.get('PersistentVolumeClaim', pod.metadata.namespace ?? '', claimName);
    if (claim === undefined) return `0/1 nodes are available: persistentvolumeclaim "${claimName}" not found.`;
    if (claim.status?.phase !== 'Bound') return '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.';
  }
  return undefined;
}
