import { INTERACTIVE, LABEL } from '../../../schema/label-keys.ts';
import type { Policy } from '../../../schema/policy.ts';
import { isLabelValue } from '../../../schema/text.ts';
import type { Names } from '../../../spec-builder/names.ts';
import { MANAGED_BY, VOLUME_ANCHOR, VOLUME_NAMESPACE } from '../../labels.ts';
import { isRecord } from '../../observe/read.ts';
import type { Given } from '../given.ts';
import type { RuleId } from '../rules.ts';
import { entries, fields, type Shape, shown, value } from '../shape.ts';
import { isListed, LABEL_KEY } from '../values.ts';
import type { Visit } from '../visit.ts';

/** Written by the deployer alone: it finds and sweeps its objects by them. */
const RESERVED: ReadonlySet<string> = new Set([MANAGED_BY.key, VOLUME_NAMESPACE, VOLUME_ANCHOR]);

/** Labels that say whose the object is, and what they must say. */
const OWNED: ReadonlyMap<string, (given: Given) => string> = new Map([
  [LABEL.externalId, ({ externalId }: Given) => externalId],
  [LABEL.userId, ({ userId }: Given) => userId],
  [LABEL.subdomain, ({ subdomain }: Given) => subdomain],
  [LABEL.appType, () => INTERACTIVE],
]);
const LABELS = new Set<string>(Object.values(LABEL));
const LABEL_LIST = [...LABELS].join(', ');

const labels: Shape = {
  rule: 'object.labels',
  allows: `the labels ${LABEL_LIST}, and those of the policy`,
  check(candidate, visit) {
    if (!isRecord(candidate)) return visit.refuse('object.labels', `is ${shown(candidate)}`, 'labels');
    for (const [key, label] of entries(candidate, visit)) checkLabel(key, label, visit);
    if (!Object.hasOwn(candidate, LABEL.externalId)) visit.refuse('object.labels', 'is required', visit.given.externalId, LABEL.externalId);
  },
};

function checkLabel(key: string, label: unknown, visit: Visit) {
  if (RESERVED.has(key)) return visit.refuse('object.reserved-labels', 'is written by the deployer alone', 'nothing', key);
  if (!LABELS.has(key) && !(LABEL_KEY.test(key) && isListed(key, visit.given.policy.metadata.labels))) {
    return visit.refuseByPolicy('object.labels', 'is no label of an analysis', LABEL_LIST, key);
  }
  const expected = OWNED.get(key)?.(visit.given);
  if (expected !== undefined && label !== expected) return visit.refuse('object.labels', `is ${shown(label)}`, expected, key);
  if (typeof label !== 'string' || !isLabelValue(label)) visit.refuse('object.labels', `is ${shown(label)}`, 'the value of a label', key);
}

/** What is on one line. */
const ONE_LINE = /^\P{Cc}{0,4096}$/u;
/** The same, without what ends a directive where a controller writes the value into its own configuration. */
const NO_DIRECTIVE = /^[^\p{Cc};{}"'`\\$#]{0,1024}$/u;

function annotations(rule: RuleId, patterns: (policy: Policy) => readonly string[], form: RegExp, described: string): Shape {
  return {
    rule,
    allows: `the annotations of the policy, each ${described}`,
    check(candidate, visit) {
      if (!isRecord(candidate)) return visit.refuse(rule, `is ${shown(candidate)}`, 'annotations');
      for (const [key, text] of entries(candidate, visit)) {
        if (RESERVED.has(key)) visit.refuse('object.reserved-labels', 'is written by the deployer alone', 'nothing', key);
        else if (!isListed(key, patterns(visit.given.policy))) visit.refuseByPolicy(rule, 'is not allowed', 'an annotation on the list', key);
        else if (typeof text !== 'string' || !form.test(text)) visit.refuse(rule, `is ${shown(text)}`, described, key);
      }
    },
  };
}

const plainAnnotations = annotations('object.annotations', ({ metadata }) => metadata.annotations, ONE_LINE, 'one line of at most 4096 characters');
const ingressAnnotations = annotations(
  'ingress.annotations',
  ({ ingress }) => ingress.annotations,
  NO_DIRECTIVE,
  'one line of at most 1024 characters without any of ; { } " \' ` \\ $ #',
);

const NOT_THE_SENDERS = {
  namespace: 'object.namespace',
  ownerReferences: 'object.owners',
  finalizers: 'object.finalizers',
} as const satisfies Readonly<Record<string, RuleId>>;

/** Metadata of an object that is called one of the names of its kind. */
export function metadata(...names: readonly (keyof Names)[]): Shape {
  return named(names, plainAnnotations);
}

/** Of an Ingress, whose annotations the controller acts on. */
export const ingressMetadata = named(['analysis'], ingressAnnotations);

function named(names: readonly (keyof Names)[], annotations: Shape): Shape {
  const name = value({
    rule: 'object.name',
    allows: 'the name that it has in this analysis',
    is: (candidate, given) => names.some((key) => given.names[key] === candidate),
    here: (given) => names.map((key) => given.names[key]).join(' or '),
  });
  return fields({ rule: 'object.metadata', fields: { name, labels, annotations }, refused: NOT_THE_SENDERS, required: ['name', 'labels'] });
}

/** Of the pod, which has no name of its own. */
export const podMetadata = fields({
  rule: 'object.metadata',
  fields: { labels, annotations: plainAnnotations },
  refused: NOT_THE_SENDERS,
  required: ['labels'],
});

/** Exactly the pod of this analysis: one more label could only match another pod. */
export const podLabels = selector('external-id alone, with that of this analysis', (labels, externalId) =>
  isOnly(labels, LABEL.externalId, externalId),
);
export const podSelector = selector('matchLabels alone, with the external-id of this analysis alone', (candidate, externalId) => {
  if (!isRecord(candidate)) return false;
  return Object.keys(candidate).length === 1 && isOnly(candidate['matchLabels'], LABEL.externalId, externalId);
});

function selector(allows: string, is: (candidate: unknown, externalId: string) => boolean): Shape {
  return value({
    rule: 'object.selector',
    allows,
    is: (candidate, { externalId }) => is(candidate, externalId),
    here: ({ externalId }) => externalId,
  });
}

function isOnly(candidate: unknown, key: string, expected: string): boolean {
  return isRecord(candidate) && Object.keys(candidate).length === 1 && candidate[key] === expected;
}
