import { TRANSFERS_SECRET } from '../../../spec-builder/pod/volumes.ts';
import type { RuleId } from '../rules.ts';
import { fields, list, namedOnce, value } from '../shape.ts';
import { amount, DNS_LABEL, exactly, flag, text } from '../values.ts';

const SOURCES = {
  configMap: fields({
    rule: 'volume.config-map',
    fields: { name: ofTheSpec('volume.config-map', 'a ConfigMap of the spec', 'configMaps') },
    required: ['name'],
  }),
  persistentVolumeClaim: fields({
    rule: 'volume.claim',
    fields: { claimName: ofTheSpec('volume.claim', 'a claim of the spec', 'claims'), readOnly: flag('volume.claim') },
    required: ['claimName'],
  }),
  secret: fields({ rule: 'volume.secret', fields: { secretName: exactly('volume.secret', TRANSFERS_SECRET) }, required: ['secretName'] }),
  emptyDir: fields({
    rule: 'volume.empty-dir',
    fields: { medium: exactly('volume.empty-dir', '', 'Memory'), sizeLimit: amount('volume.empty-dir', ({ limits }) => limits.empty_dir) },
    required: ['sizeLimit'],
  }),
};

const volume = fields({
  // Everything beside its name is a source, also what only later versions of Kubernetes know.
  rule: 'volume.source',
  fields: { name: text('volume.field', 'a DNS label', DNS_LABEL), ...SOURCES },
  required: ['name'],
  also: (given, visit) => {
    const sources = Object.keys(given).filter((key) => key !== 'name').length;
    if (sources !== 1) visit.refuse('volume.field', `has ${sources} sources`, `one of ${Object.keys(SOURCES).join(', ')}`);
  },
});

/** Of the pod. */
export const volumes = list('volume.count', volume, { most: ({ policy }) => policy.limits.volumes, also: namedOnce('volume.count') });

function ofTheSpec(rule: RuleId, allows: string, of: 'configMaps' | 'claims') {
  return value({ rule, allows, is: (name, given) => given[of].has(name), here: (given) => [...given[of]].join(', ') });
}
