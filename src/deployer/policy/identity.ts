import type { Fault } from '../../schema/check.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { LABEL } from '../../schema/label-keys.ts';
import { anchorName } from '../anchor.ts';
import { MANAGED_BY, VOLUME_ANCHOR, VOLUME_NAMESPACE } from '../labels.ts';
import { isRecord, record } from '../observe/read.ts';
import type { SentManifest } from './manifests-in.ts';

/** Metadata that a sender may write. */
const METADATA = ['name', 'labels', 'annotations'];
const OWN_KEYS: readonly string[] = [MANAGED_BY.key, VOLUME_NAMESPACE, VOLUME_ANCHOR];

/** One manifest belongs to the analysis and to nobody else: name, labels, selectors; namespace and owner are the deployer's to say. */
export function checkIdentity(externalId: ExternalId, path: string, manifest: SentManifest): readonly Fault[] {
  const { kind, metadata } = manifest;
  const { name, labels } = metadata;
  const faults: Fault[] = [];
  const refuse = (where: string, message: string) => faults.push({ path: `${path}.${where}`, message });
  for (const key of Object.keys(metadata)) {
    if (!METADATA.includes(key)) refuse(`metadata.${key}`, `is not the sender's to say; only ${METADATA.join(', ')} are`);
  }
  if (kind === 'ConfigMap' && name === anchorName(externalId)) refuse('metadata.name', "is the name of the deployer's own ConfigMap");
  if (!isTied(name, externalId)) refuse('metadata.name', `must be ${externalId}, or end in -${externalId}`);
  for (const labelled of [labels, record(metadata['annotations'])]) {
    for (const key of OWN_KEYS) if (key in labelled) refuse(`metadata.labels.${key}`, 'is written by the deployer alone');
  }
  faults.push(...checkLabel(externalId, `${path}.metadata.labels`, labels));
  faults.push(...checkSelectors(externalId, path, manifest));
  return faults;
}

function isTied(name: string, externalId: ExternalId): boolean {
  return name === externalId || name.endsWith(`-${externalId}`);
}

function checkLabel(externalId: ExternalId, path: string, labels: Readonly<Record<string, unknown>>): readonly Fault[] {
  return labels[LABEL.externalId] === externalId ? [] : [{ path: `${path}.${LABEL.externalId}`, message: `must be ${externalId}` }];
}

/** What a Service, a Deployment or a budget selects must be this analysis' own pods. */
function checkSelectors(externalId: ExternalId, path: string, { kind, ...manifest }: SentManifest): readonly Fault[] {
  const spec = record(manifest['spec']);
  if (kind === 'Service') return checkLabel(externalId, `${path}.spec.selector`, record(spec['selector']));
  if (kind !== 'Deployment' && kind !== 'PodDisruptionBudget') return [];
  const selector = record(spec['selector']);
  const faults = checkLabel(externalId, `${path}.spec.selector.matchLabels`, record(selector['matchLabels']));
  if (kind === 'PodDisruptionBudget') return faults;
  const template = record(record(spec['template'])['metadata']);
  const others = Object.keys(template).filter((key) => !METADATA.includes(key));
  return [
    ...faults,
    ...checkLabel(externalId, `${path}.spec.template.metadata.labels`, isRecord(template['labels']) ? template['labels'] : {}),
    ...others.map((key) => ({ path: `${path}.spec.template.metadata.${key}`, message: "is not the sender's to say" })),
  ];
}
