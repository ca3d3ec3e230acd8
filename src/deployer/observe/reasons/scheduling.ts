import { codeIn, type Found, type Reason } from './reason.ts';

const FREE = 'It starts by itself when room becomes free';

export const SCHEDULING_REASONS = {
  unschedulable_gpu: {
    is: 'No node has a free GPU of the kind that the analysis asks for',
    hint: `${FREE}; or launch it with fewer GPUs, or on another cluster.`,
  },
  unschedulable_memory: { is: 'No node has as much free memory as the analysis asks for', hint: `${FREE}; or launch it with less memory.` },
  unschedulable_cpu: { is: 'No node has as many free processors as the analysis asks for', hint: `${FREE}; or launch it with fewer processors.` },
  unschedulable_disk: { is: 'No node has as much free disk as the analysis asks for', hint: `${FREE}; or launch it with less disk.` },
  unschedulable_pods: { is: 'The nodes run as many pods as they may', hint: `${FREE}; the administrator can add nodes.` },
  unschedulable_resource: {
    is: 'No node has enough left of a resource that the analysis asks for',
    hint: `${FREE}; or launch it on another cluster.`,
  },
  unschedulable_volume_affinity: {
    is: 'The volumes of the analysis lie on a node or in a zone that cannot take it',
    hint: `${FREE} there; or exit and launch it again, with a new working directory.`,
  },
  unschedulable_volumes: {
    is: 'No node can take the volumes of the analysis',
    hint: 'If it goes on, ask the administrator about the storage of the cluster.',
  },
  unschedulable_ports: { is: 'The port that the analysis asks for on a node is taken on all of them', hint: `${FREE}.` },
  unschedulable_spread: {
    is: 'Rules about which analyses may share a node leave none for this one',
    hint: `${FREE}; the administrator can add nodes.`,
  },
  unschedulable_taint: {
    is: 'The nodes are out of service or kept for other work, and the analysis does not tolerate that',
    hint: "It starts by itself when nodes are in service again; if they are kept for others, the administrator adds the toleration to the cluster's profile, or nodes for analyses.",
  },
  unschedulable_node_selector: {
    is: 'No node that takes analyses has the labels that this one asks for',
    hint: "It starts by itself when nodes that have them are in service again; if there are none, the administrator labels nodes, or corrects `node_labels` in the cluster's profile.",
  },
  unschedulable_cordoned: {
    is: 'The nodes take no new work at the moment',
    hint: 'They are being maintained; it starts by itself when that is done.',
  },
  no_nodes: { is: 'The cluster has no nodes', hint: 'It starts by itself when nodes join; if none do, ask the administrator.' },
  scheduling_gated: {
    is: 'Another program of the cluster holds the analysis back before it gets a node',
    hint: 'Ask the administrator which one; it is named by the scheduling gates of the pod.',
  },
  unschedulable: { is: 'No node can take the analysis', hint: `${FREE}; if it goes on, ask the administrator.` },
} as const satisfies Record<string, Reason>;

type SchedulingCode = keyof typeof SCHEDULING_REASONS;

/** What nodes lack that would take the pod otherwise. These nodes were meant for it, however many others were not. */
const LACKING: readonly (readonly [RegExp, SchedulingCode])[] = [
  [/Insufficient \S*(gpu|mig-|xpu|neuron)/i, 'unschedulable_gpu'],
  [/Insufficient memory/, 'unschedulable_memory'],
  [/Insufficient cpu/, 'unschedulable_cpu'],
  [/Insufficient ephemeral-storage/, 'unschedulable_disk'],
  [/Too many pods/, 'unschedulable_pods'],
  [/Insufficient /, 'unschedulable_resource'],
  [/PersistentVolume's node affinity|volume node affinity conflict|no available volume zone/, 'unschedulable_volume_affinity'],
  [/max volume count|available persistent volumes to bind|enough free storage|no available disk|ReadWriteOncePod/, 'unschedulable_volumes'],
  [/free ports/, 'unschedulable_ports'],
  [/pod (anti-)?affinity rules|pods anti-affinity|topology spread/, 'unschedulable_spread'],
  [/no nodes available|^0\/0 nodes/, 'no_nodes'],
];

/** What rules a node out whatever it has. Every cluster has some that are not for analyses, so it is the larger part of them that tells. */
const RULED_OUT: readonly (readonly [RegExp, SchedulingCode])[] = [
  [/untolerated taint|didn't tolerate/, 'unschedulable_taint'],
  [/node affinity\/selector|requested node name/, 'unschedulable_node_selector'],
  [/were unschedulable/, 'unschedulable_cordoned'],
];

/** `message` is the condition's: `0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 Insufficient cpu. ...` */
export function schedulingTrouble(message: string): Found<SchedulingCode> {
  // What follows repeats it for the attempt to preempt somebody.
  const said = message.split(/ (?:no new claims to deallocate, )?preemption: /)[0] ?? message;
  const nodes = (pattern: RegExp) => Number(new RegExp(`(\\d+) node\\(s\\) [^,]*(${pattern.source})`).exec(said)?.[1] ?? 0);
  const ruledOut = RULED_OUT.map(([pattern, code]) => ({ code, count: nodes(pattern) })).filter(({ count }) => count > 0);
  const [most] = ruledOut.toSorted((a, b) => b.count - a.count);
  return { code: codeIn(said, LACKING) ?? most?.code ?? 'unschedulable', said };
}

/** Whether it is a claim of the pod, and no node, that is waited for. */
export function isAboutClaims(message: string): boolean {
  return /unbound immediate PersistentVolumeClaims|persistentvolumeclaim "|bound to non-existent p/.test(message);
}
