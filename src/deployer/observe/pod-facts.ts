import type { KubeObject } from '../ports.ts';
import { condition, count, type Json, record, records, text } from './read.ts';
import { tidy } from './tidy.ts';

/** What status needs of a pod. Its names and times are left out, so that pods that run alike are alike. */
export interface PodFacts {
  readonly isReady: boolean;
  /** `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`. */
  readonly phase: string;
  /** Why the pod as a whole is where it is: `Evicted`, `NodeLost`. */
  readonly reason?: string;
  readonly message?: string;
  /** What the scheduler says while it finds no node. */
  readonly unschedulable?: string;
  readonly isScheduled: boolean;
  /** Some program keeps it from being scheduled yet; https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/. */
  readonly isGated?: boolean;
  /** Who ends it, when that is not its own doing: `PreemptionByScheduler`; https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions. */
  readonly disruption?: Why;
  /** The init containers first. A pod that no node has taken yet has none. */
  readonly containers: readonly ContainerFacts[];
}

export interface ContainerFacts {
  readonly name: string;
  readonly init: boolean;
  readonly ready: boolean;
  /** Its startup probe, if it has one, has passed. */
  readonly started: boolean;
  readonly restart_count: number;
  readonly state: 'waiting' | 'running' | 'terminated' | 'unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly exit_code?: number;
  /** How it ended the last time. */
  readonly last?: Ending;
}

export interface Ending extends Why {
  readonly exit_code: number;
}

interface Why {
  readonly reason?: string;
  readonly message?: string;
}

export function podFactsOf(object: KubeObject): PodFacts {
  const status = record(object['status']);
  const scheduled = condition(status, 'PodScheduled');
  const isRefused = scheduled?.['status'] === 'False';
  const disruption = condition(status, 'DisruptionTarget');
  const isDisrupted = disruption?.['status'] === 'True';
  return {
    isReady: condition(status, 'Ready')?.['status'] === 'True',
    phase: text(status['phase']) ?? 'Unknown',
    ...told('reason', status['reason']),
    ...told('message', status['message']),
    ...(isRefused && { unschedulable: tidy(text(scheduled['message']) ?? 'no node was found') }),
    // A kubelet that has begun with it was told of it.
    isScheduled: scheduled?.['status'] === 'True' || records(status['containerStatuses']).length > 0,
    ...(scheduled?.['reason'] === 'SchedulingGated' && { isGated: true }),
    ...(isDisrupted && { disruption: whyOf(disruption) }),
    containers: containersIn(status),
  };
}

function containersIn(status: Json): readonly ContainerFacts[] {
  const all = (key: string, init: boolean) => records(status[key]).map((container) => containerOf(container, init));
  return [...all('initContainerStatuses', true), ...all('containerStatuses', false)];
}

function containerOf(container: Json, init: boolean): ContainerFacts {
  const states = record(container['state']);
  const state = (['waiting', 'running', 'terminated'] as const).find((one) => one in states);
  const { terminated } = record(container['lastState']);
  return {
    name: text(container['name']) ?? '',
    init,
    ready: container['ready'] === true,
    started: container['started'] === true,
    restart_count: count(container['restartCount']),
    state: state ?? 'unknown',
    ...(state === 'terminated' ? endingOf(record(states[state])) : state && whyOf(record(states[state]))),
    ...(terminated !== undefined && { last: endingOf(record(terminated)) }),
  };
}

/** The message of a container that ran is its program's own, as long and as secret as that program likes; of one that never did it is the runtime's. */
function endingOf(state: Json): Ending {
  const { message: _, ...why } = whyOf(state);
  const isRuntimes = why.reason === 'StartError' || why.reason === 'ContainerCannotRun';
  return { ...(isRuntimes ? whyOf(state) : why), exit_code: count(state['exitCode']) };
}

function whyOf(state: Json): Why {
  return { ...told('reason', state['reason']), ...told('message', state['message']) };
}

function told<K extends string>(key: K, value: unknown): { readonly [k in K]?: string } {
  const said = text(value);
  // The key is K, and nothing else is in it.
  return (said === undefined ? {} : { [key]: tidy(said) }) as { readonly [k in K]?: string };
}
