import type { Affinity, NodeSelectorRequirement, Toleration } from 'kubernetes-types/core/v1';
import { INTERACTIVE, LABEL } from '../../schema/label-keys.ts';
import { gpusOf } from '../body/amounts.ts';
import { containerOf } from '../body/container-of.ts';
import { isBlank } from '../body/paths.ts';
import type { Parts } from '../parts.ts';

/** Labels of nodes, which are not ours: what a platform's administrator puts on nodes that run analyses, have GPUs, prefer analyses. */
const ANALYSIS_NODES = 'analysis';
const GPU_NODES = 'gpu';
const VICE_NODES = 'vice';

/** Taints of nodes that analyses may run on anyway; the cluster's own after them. */
export function tolerations({ analysis, profile }: Parts): Toleration[] {
  return [
    { key: ANALYSIS_NODES, operator: 'Exists' },
    ...(gpusOf(containerOf(analysis)) > 0 ? [{ key: GPU_NODES, operator: 'Equal', value: 'true', effect: 'NoSchedule' }] : []),
    ...profile.tolerations,
  ];
}

/** Only nodes for analyses, with the GPU that is wanted; away from other analyses where there is a choice. */
export function affinity(parts: Parts): Affinity {
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: requirements(parts) }] },
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [{ key: VICE_NODES, operator: 'Exists' }] } }],
    },
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { labelSelector: { matchLabels: { [LABEL.appType]: INTERACTIVE } }, topologyKey: 'kubernetes.io/hostname' },
        },
      ],
    },
  };
}

function requirements({ analysis, profile }: Parts): NodeSelectorRequirement[] {
  const container = containerOf(analysis);
  const isGpu = gpusOf(container) > 0;
  const models = (container.gpu_models ?? []).filter((model) => !isBlank(model));
  const nodeLabels = Object.entries(profile.nodeLabels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    { key: ANALYSIS_NODES, operator: 'Exists' },
    ...(isGpu ? [{ key: GPU_NODES, operator: 'In', values: ['true'] }] : []),
    ...(isGpu && models.length > 0 ? [{ key: profile.gpuModelLabel, operator: 'In', values: models }] : []),
    ...nodeLabels.map(([key, value]) => ({ key, operator: 'In', values: [value] })),
  ];
}
