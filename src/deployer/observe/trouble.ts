import type { ContainerFacts, PodFacts } from './pod-facts.ts';

/** Why an analysis does not run, for programs and for its user. */
export interface Trouble {
  readonly reason_code: string;
  readonly message: string;
  readonly hint?: string;
  /** It does not go away without somebody's doing. */
  readonly isFinal: boolean;
}

const IMAGE_REASONS = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError']);

/** The trouble that the cluster tells of, the most telling first; undefined when it only takes its time. */
export function troubleOf(replicaFailure: string | undefined, pods: readonly PodFacts[]): Trouble | undefined {
  for (const pod of pods) {
    const trouble = podTrouble(pod) ?? containerTrouble(pod.containers);
    if (trouble) return trouble;
  }
  return replicaFailure === undefined ? undefined : replicaTrouble(replicaFailure);
}

function replicaTrouble(message: string): Trouble {
  if (!message.includes('exceeded quota')) return { reason_code: 'pod_refused', message: `The cluster refuses the pod: ${message}`, isFinal: true };
  const hint = 'Wait until other analyses of the cluster end, or ask its administrator for a larger quota.';
  return { reason_code: 'quota_exceeded', message: `The cluster's quota leaves no room: ${message}`, hint, isFinal: false };
}

function podTrouble(pod: PodFacts): Trouble | undefined {
  if (pod.reason === 'Evicted') {
    return { reason_code: 'evicted', message: `The node put the analysis out: ${pod.message ?? 'no reason given'}`, isFinal: false };
  }
  if (pod.unschedulable === undefined) return undefined;
  const hint = 'It starts by itself when a node becomes free.';
  return { reason_code: 'unschedulable', message: `No node can take the analysis: ${pod.unschedulable}`, hint, isFinal: false };
}

function containerTrouble(containers: readonly ContainerFacts[]): Trouble | undefined {
  for (const container of containers) {
    const { name, reason = '', message } = container;
    if (IMAGE_REASONS.has(reason)) {
      const hint = 'Check the name and the tag of the image, and that the cluster may pull it.';
      return { reason_code: 'image_pull', message: `The image of container ${name} cannot be pulled: ${message ?? reason}`, hint, isFinal: false };
    }
    if (reason === 'OOMKilled') {
      const hint = 'Launch it with more memory.';
      return { reason_code: 'out_of_memory', message: `Container ${name} needed more memory than it may have.`, hint, isFinal: false };
    }
    if (reason === 'CrashLoopBackOff') {
      const hint = 'Look at the logs of the container.';
      return {
        reason_code: 'crash_loop',
        message: `Container ${name} ends again and again (${container.restart_count} times).`,
        hint,
        isFinal: true,
      };
    }
    if (reason === 'CreateContainerConfigError' || reason === 'CreateContainerError') {
      return { reason_code: 'container_config', message: `Container ${name} cannot be made: ${message ?? reason}`, isFinal: false };
    }
  }
  return undefined;
}
