import { INTERACTIVE, LABEL } from '../../../schema/label-keys.ts';
import type { Policy } from '../../../schema/policy.ts';
import { isLabelValue } from '../../../schema/text.ts';
import type { Names } from '../../../spec-builder/names.ts';
import { MANAGED_BY, VOLUME_ANCHOR, VOLUME_NAMESPACE } from '../../labels.ts';
import { isRecord } from '../../observe/read.ts';
import type { Given } from '../given.ts';
import type { RuleId } from '../rules.ts';
import { fields, type Shape, shown, value } from '../shape.ts';
import { isListed, LABEL_KEY } from '../values.ts';
import type { Visit } from '../visit.ts';

/** Written by the deployer alone: it finds and sweeps its objects by them. */
const RESERVED: ReadonlySet<string> = new Set([MANAGED_BY.key, VOLUME_NAMESPACE, VOLUME_ANCHOR]);

/** Labels that analyses have; what their value must be where it speaks of whose the object is. */
const LABELS: ReadonlyMap<string, ((given: Given) => string) | undefined> = new Map([
  [LABEL.externalId, ({ externalId }: Given) => externalId],
  [LABEL.userId, ({ userId }: Given) => userId],
  [LABEL.subdomain, ({ subdomain }: Given) => subdomain],
  [LABEL.appType, () => INTERACTIVE],
  ...[LABEL.appName, LABEL.appId, LABEL.username, LABEL.analysisName, LABEL.loginIp, LABEL.volumeName].map((key) => [key, undefined] as const),
]);

const labels: Shape = {
  rule: 'object.labels',
  allows: `the labels ${[...LABELS.keys()].join(', ')}, of this analysis`,
  check(candidate, visit) {
    if (!isRecord(candidate)) return visit.refuse('object.labels', 'must be an object', 'labels');
    for (const [key, label] of Object.entries(candidate)) checkLabel(key, label, visit);
    if (!Object.hasOwn(candidate, LABEL.externalId)) visit.refuse('object.labels', 'is required', visit.given.externalId, LABEL.externalId);
  },
};

function checkLabel(key: string, label: unknown, visit: Visit): void {
  if (RESERVED.has(key)) return visit.refuse('object.reserved-labels', 'is written by the deployer alone', 'leave it out', key);
  const isKnown = LABELS.has(key);
  if (!isKnown && !(LABEL_KEY.test(key) && isListed(key, visit.given.policy.metadata.labels))) {
    return visit.refuse('object.labels', 'is no label of an analysis', [...LABELS.keys()].join(', '), key);
  }
  const expected = LABELS.get(key)?.(visit.given);
  if (expected !== undefined && label !== expected) return visit.refuse('object.labels', `is ${shown(label)}`, expected, key);
  if (typeof label !== 'string' || !isLabelValue(label)) visit.refuse('object.labels', `is ${shown(label)}`, 'a label value', key);
}

function annotations(rule: RuleId, patterns: (policy: Policy) => readonly string[]): Shape {
  return {
    rule,
    allows: 'annotations that the policy lists',
    check(candidate, visit) {
      if (!isRecord(candidate)) return visit.refuse(rule, 'must be an object', 'annotations');
      for (const [key, text] of Object.entries(candidate)) {
        if (RESERVED.has(key)) visit.refuse('object.reserved-labels', 'is written by the deployer alone', 'leave it out', key);
        else if (!isListed(key, patterns(visit.given.policy))) visit.refuse(rule, 'is not allowed', 'an annotation on the list', key);
        else if (typeof text !== 'string' || HAS_CONTROLS.test(text)) visit.refuse(rule, `is ${shown(text)}`, 'text on one line', key);
      }
    },
  };
}

/** A value with a line break can carry directives where a controller writes it into its own configuration. */
const HAS_CONTROLS = /\p{Cc}/u;

const NOT_THE_SENDERS = {
  namespace: 'object.namespace',
  ownerReferences: 'object.owners',
  finalizers: 'object.finalizers',
} as const satisfies Readonly<Record<string, RuleId>>;

const plainAnnotations = annotations('object.annotations', ({ metadata }) => metadata.annotations);

/** Metadata of an object that is called one of the names of its kind. */
export function metadata(...names: readonly (keyof Names)[]): Shape {
  return named(names, plainAnnotations);
}

/** Of an Ingress, whose annotations the controller acts on. */
export const ingressMetadata = named(
  ['analysis'],
  annotations('ingress.annotations', ({ ingress }) => ingress.annotations),
);

function named(names: readonly (keyof Names)[], ofObject: Shape): Shape {
  const name = value(
    'object.name',
    'the name that it has in this analysis',
    (candidate, given) => names.some((key) => given.names[key] === candidate),
    (given) => names.map((key) => given.names[key]).join(' or '),
  );
  return fields({
    rule: 'object.metadata',
    fields: { name, labels, annotations: ofObject },
    refused: NOT_THE_SENDERS,
    required: ['name', 'labels'],
  });
}

/** Of the pod, which has no name of its own. */
export const podMetadata = fields({
  rule: 'object.metadata',
  fields: { labels, annotations: plainAnnotations },
  refused: NOT_THE_SENDERS,
  required: ['labels'],
});

/** Exactly the pod of this analysis: one more label could only match another pod. */
export const podLabels = fields({
  rule: 'object.selector',
  fields: { [LABEL.externalId]: value('object.selector', 'the external id', (candidate, given) => candidate === given.externalId, (given) => given.externalId) },
  required: [LABEL.externalId],
});

export const podSelector = fields({ rule: 'object.selector', fields: { matchLabels: podLabels }, required: ['matchLabels'] });
