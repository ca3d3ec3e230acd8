import type { PodFacts } from '../pod-facts.ts';
import type { Found, Reason } from './reason.ts';

/** Nothing is wrong: it takes its time. */
export const PROGRESS_REASONS = {
  awaiting_pod: {
    is: 'The cluster has not made the pod of the analysis yet',
    hint: 'Wait a moment; if it goes on, the controllers of the cluster do not run.',
  },
  scheduling: {
    is: 'The cluster is choosing a node for the analysis',
    hint: 'Wait a moment; if it goes on, the scheduler of the cluster does not run.',
  },
  containers_creating: {
    is: 'The node is pulling the images and mounting the volumes of the analysis',
    hint: 'Wait; a large image takes minutes on a node that has not had it yet.',
  },
  preparing: {
    is: 'Container {about} is preparing the analysis',
    hint: 'Wait; large inputs take their time, and the logs of that container say how far it is.',
  },
  starting: { is: 'Container {about} was started and is not ready yet', hint: 'Wait a moment; the logs of that container say what it does.' },
  replacing: { is: 'The pod of the analysis is ending, and another one takes its place', hint: 'Wait a moment.' },
} as const satisfies Record<string, Reason>;

export function progressOf(pod: PodFacts): Found<keyof typeof PROGRESS_REASONS> {
  if (!pod.isScheduled) return { code: 'scheduling' };
  const preparing = pod.containers.find(({ init, state, exit_code }) => init && state === 'running' && exit_code !== 0);
  if (preparing) return { code: 'preparing', about: preparing.name };
  const starting = pod.containers.find(({ init, state, ready }) => !init && state === 'running' && !ready);
  return starting ? { code: 'starting', about: starting.name } : { code: 'containers_creating' };
}
