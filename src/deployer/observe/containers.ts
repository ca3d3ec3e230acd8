import type { ContainerStatus } from '../../schema/deployment-status.ts';
import { count, type Json, record, records, text } from './read.ts';

/** The containers of a pod as its status tells them, init containers first. A pod that no node has taken yet has none. */
export function containersOf(pod: string, status: Json): readonly ContainerStatus[] {
  const all = (key: string, init: boolean) => records(status[key]).map((container) => containerOf(pod, container, init));
  return [...all('initContainerStatuses', true), ...all('containerStatuses', false)];
}

function containerOf(pod: string, container: Json, init: boolean): ContainerStatus {
  const states = record(container['state']);
  const name = (['waiting', 'running', 'terminated'] as const).find((state) => state in states);
  const state = name === undefined ? {} : record(states[name]);
  const reason = text(state['reason']);
  const message = text(state['message']);
  return {
    name: text(container['name']) ?? '',
    pod,
    init,
    ready: container['ready'] === true,
    restart_count: count(container['restartCount']),
    state: name ?? 'unknown',
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    ...(name === 'terminated' && { exit_code: count(state['exitCode']) }),
  };
}
