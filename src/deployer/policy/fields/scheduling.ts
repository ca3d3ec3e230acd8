import { INTERACTIVE, LABEL } from '../../../schema/label-keys.ts';
import { fields, list } from '../shape.ts';
import { exactly, KUBERNETES_OWN, listed, whole } from '../values.ts';
import { byteText } from './words.ts';

const WORD = 256;

export const tolerations = list(
  'pod.tolerations',
  fields({
    rule: 'pod.tolerations',
    fields: {
      key: listed('pod.tolerations', 'the key of a taint', ({ scheduling }) => scheduling.tolerations, KUBERNETES_OWN),
      operator: exactly('pod.tolerations', 'Exists', 'Equal'),
      value: byteText('pod.tolerations', WORD),
      effect: exactly('pod.tolerations', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'),
      tolerationSeconds: whole('pod.tolerations', 0, 31_536_000),
    },
    // One without a key tolerates every taint.
    required: ['key'],
  }),
);

const requirements = list(
  'pod.node-labels',
  fields({
    rule: 'pod.node-labels',
    fields: {
      key: listed('pod.node-labels', 'the key of a node label', ({ scheduling }) => scheduling.node_labels, KUBERNETES_OWN),
      operator: exactly('pod.node-labels', 'In', 'NotIn', 'Exists', 'DoesNotExist'),
      values: list('pod.node-labels', byteText('pod.node-labels', WORD)),
    },
    required: ['key', 'operator'],
  }),
);

/** `matchFields` would choose a node by its name. */
const term = fields({ rule: 'pod.node-labels', fields: { matchExpressions: requirements }, required: ['matchExpressions'] });

const awayFromOthers = fields({
  rule: 'pod.affinity',
  fields: {
    weight: whole('pod.affinity', 1, 100),
    podAffinityTerm: fields({
      rule: 'pod.affinity',
      fields: {
        labelSelector: fields({
          rule: 'pod.affinity',
          fields: {
            matchLabels: fields({
              rule: 'pod.affinity',
              fields: { [LABEL.appType]: exactly('pod.affinity', INTERACTIVE) },
              required: [LABEL.appType],
            }),
          },
          required: ['matchLabels'],
        }),
        topologyKey: exactly('pod.affinity', 'kubernetes.io/hostname'),
      },
      required: ['labelSelector', 'topologyKey'],
    }),
  },
  required: ['weight', 'podAffinityTerm'],
});

export const affinity = fields({
  rule: 'pod.affinity',
  fields: {
    nodeAffinity: fields({
      rule: 'pod.affinity',
      fields: {
        requiredDuringSchedulingIgnoredDuringExecution: fields({
          rule: 'pod.node-labels',
          fields: { nodeSelectorTerms: list('pod.node-labels', term) },
          required: ['nodeSelectorTerms'],
        }),
        preferredDuringSchedulingIgnoredDuringExecution: list(
          'pod.node-labels',
          fields({
            rule: 'pod.node-labels',
            fields: { weight: whole('pod.node-labels', 1, 100), preference: term },
            required: ['weight', 'preference'],
          }),
        ),
      },
    }),
    podAntiAffinity: fields({
      rule: 'pod.affinity',
      fields: { preferredDuringSchedulingIgnoredDuringExecution: list('pod.affinity', awayFromOthers) },
    }),
  },
});
