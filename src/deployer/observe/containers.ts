import type { ContainerStatus } from '../../schema/deployment-status.ts';
import type { ContainerFacts } from './pod-facts.ts';

/** A container of a pod as a status tells it. */
export function containerStatus(pod: string, container: ContainerFacts): ContainerStatus {
  const { name, init, ready, restart_count, state, reason, message, exit_code } = container;
  return {
    name,
    pod,
    init,
    ready,
    restart_count,
    state,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    ...(exit_code !== undefined && { exit_code }),
  };
}
