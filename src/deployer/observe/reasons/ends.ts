import type { PodFacts } from '../pod-facts.ts';
import { codeIn, type Found, type Reason } from './reason.ts';

const AGAIN = 'Another one is started by itself; what was not saved is lost';

export const END_REASONS = {
  evicted_memory: { is: 'The node ran short of memory and ended the analysis', hint: `${AGAIN}. Launch it with as much memory as it needs.` },
  evicted_disk: { is: 'The analysis used more disk of its node than there was for it, and was ended', hint: `${AGAIN}. Launch it with more disk.` },
  evicted_processes: { is: 'The node ran short of process numbers and ended the analysis', hint: `${AGAIN}. Start fewer processes at once.` },
  evicted: { is: 'The analysis was moved off its node', hint: `${AGAIN}. Nodes are emptied when they are maintained.` },
  preempted: { is: 'More important work took the place of the analysis', hint: `${AGAIN} when a place becomes free.` },
  node_lost: { is: 'The node of the analysis does not answer any more', hint: `${AGAIN}, some minutes after a node is lost.` },
  node_shutdown: { is: 'The node of the analysis was shut down', hint: `${AGAIN}.` },
  node_refused: {
    is: 'The node that was chosen for the analysis did not take it',
    hint: 'Another one is tried by itself; if it goes on, ask the administrator.',
  },
  deadline_exceeded: { is: 'The analysis ran longer than its pod may', hint: `${AGAIN}. The administrator sets that limit.` },
  pod_failed: { is: 'The pod of the analysis ended', hint: `${AGAIN}.` },
} as const satisfies Record<string, Reason>;

type EndCode = keyof typeof END_REASONS;

/** The kubelet's eviction messages; "low on resource" is the node's doing, "exceeds" the pod's own. */
const EVICTED: readonly (readonly [RegExp, EndCode])[] = [
  [/low on resource: memory/, 'evicted_memory'],
  [/low on resource: pids/, 'evicted_processes'],
  [/ephemeral|EmptyDir|low on resource: (nodefs|imagefs|containerfs|inodes)/i, 'evicted_disk'],
];

/** Conditions `DisruptionTarget`; https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions. */
const DISRUPTED: Readonly<Record<string, EndCode>> = {
  PreemptionByScheduler: 'preempted',
  DeletionByTaintManager: 'node_lost',
  DeletionByPodGC: 'node_lost',
  EvictionByEvictionAPI: 'evicted',
};

const REASONS: Readonly<Record<string, EndCode>> = {
  Preempting: 'preempted',
  NodeLost: 'node_lost',
  Terminated: 'node_shutdown',
  NodeShutdown: 'node_shutdown',
  NodeAffinity: 'node_refused',
  UnexpectedAdmissionError: 'node_refused',
  AppArmor: 'node_refused',
  DeadlineExceeded: 'deadline_exceeded',
};

/** How a pod ended, or is about to by another's doing; undefined when it was only deleted. */
export function podEnd(pod: PodFacts): Found<EndCode> | undefined {
  const { reason = '', message: said, disruption, phase } = pod;
  if (reason === 'Evicted') return { code: codeIn(said ?? '', EVICTED) ?? 'evicted', said };
  if (reason.startsWith('OutOf')) return { code: 'node_refused', said: said ?? reason };
  const code = REASONS[reason] ?? DISRUPTED[disruption?.reason ?? ''];
  if (code !== undefined) return { code, said: said ?? disruption?.message };
  return phase === 'Failed' || phase === 'Succeeded' ? { code: 'pod_failed', said: said ?? reason } : undefined;
}
