import { type ExternalId, isExternalId } from '../../schema/ids.ts';
import { LABEL } from '../../schema/label-keys.ts';
import { anchorName, type Standing, standingOf } from '../anchor.ts';
import type { Kind } from '../kinds.ts';
import { VOLUME_ANCHOR, VOLUME_NAMESPACE } from '../labels.ts';
import type { KubeObject } from '../ports.ts';
import { type PodFacts, podFactsOf } from './pod-facts.ts';
import { condition, count, record, records, text } from './read.ts';
import { tidy } from './tidy.ts';

/** What status needs of one object; the rest of it is not kept. */
export interface Facts {
  readonly kind: Kind;
  readonly name: string;
  readonly external_id: ExternalId;
  readonly uid: string;
  /** Grows with every change of the object. */
  readonly version: number;
  readonly isTerminating: boolean;
  /** Of one that is terminating. */
  readonly leaving?: Leaving | undefined;
  readonly createdAt: number;
  /** Uid of the anchor that it belongs to, where it names one. */
  readonly anchorUid?: string | undefined;
  readonly details?: Details | undefined;
}

export interface Leaving {
  /** When its deletion was asked, in ms since 1970. */
  readonly since: number;
  /** What must be taken off before it goes. */
  readonly finalizers: readonly string[];
}

/** What only objects of one kind have. Names that differ from analysis to analysis do not belong here: what is the same in many is kept once. */
export interface Details {
  /** Of a ConfigMap. */
  readonly standing?: Standing;
  readonly deployment?: DeploymentFacts;
  readonly pod?: PodFacts;
  readonly endpoints?: { readonly ready: number };
  readonly claim?: ClaimFacts;
}

export interface DeploymentFacts {
  readonly wantedReplicas: number;
  readonly readyReplicas: number;
  /** Why no pod could be made. */
  readonly failure?: string;
  /** It made no progress for as long as its spec allows. */
  readonly isOverdue?: boolean;
  readonly isPaused?: boolean;
}

export interface ClaimFacts {
  /** `Pending`, `Bound` or `Lost`; empty while nobody looked at it. */
  readonly phase: string;
  readonly storageClass?: string;
  /** It asks for a volume by name. */
  readonly isNamed?: boolean;
  /** Who was asked to make its volume. */
  readonly provisioner?: string;
}

/** Set on a claim once its volume is wanted; https://kubernetes.io/docs/reference/labels-annotations-taints/#volume-kubernetes-io-storage-provisioner. */
const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';

/** Undefined for an object that belongs to no analysis, or to another deployer. */
export function factsOf(kind: Kind, object: KubeObject, namespace: string): Facts | undefined {
  const { metadata } = object;
  const external_id = metadata.labels?.[LABEL.externalId];
  if (external_id === undefined || !isExternalId(external_id)) return undefined;
  if (kind === 'PersistentVolume' && metadata.labels?.[VOLUME_NAMESPACE] !== namespace) return undefined;
  return {
    kind,
    name: metadata.name,
    external_id,
    uid: metadata.uid ?? '',
    version: Number(metadata.resourceVersion ?? 0),
    isTerminating: metadata.deletionTimestamp !== undefined,
    leaving: leavingOf(object),
    createdAt: Date.parse(metadata.creationTimestamp ?? '') || 0,
    anchorUid: anchorUidOf(object, external_id),
    details: detailsOf(kind, object, external_id),
  };
}

function leavingOf({ metadata: { deletionTimestamp, finalizers = [] } }: KubeObject): Leaving | undefined {
  return deletionTimestamp === undefined ? undefined : { since: Date.parse(deletionTimestamp) || 0, finalizers };
}

function anchorUidOf({ metadata }: KubeObject, externalId: ExternalId): string | undefined {
  const owner = metadata.ownerReferences?.find(({ kind, name }) => kind === 'ConfigMap' && name === anchorName(externalId));
  return owner?.uid ?? metadata.annotations?.[VOLUME_ANCHOR];
}

function detailsOf(kind: Kind, object: KubeObject, externalId: ExternalId): Details | undefined {
  switch (kind) {
    case 'ConfigMap': {
      const standing = object.metadata.name === anchorName(externalId) ? standingOf(object) : undefined;
      return standing && { standing };
    }
    case 'Deployment':
      return { deployment: deploymentOf(object) };
    case 'Pod':
      return { pod: podFactsOf(object) };
    case 'EndpointSlice':
      return { endpoints: { ready: readyEndpoints(object) } };
    case 'PersistentVolumeClaim':
      return { claim: claimOf(object) };
    default:
      return undefined;
  }
}

function deploymentOf(object: KubeObject): DeploymentFacts {
  const status = record(object['status']);
  const { replicas, paused } = record(object['spec']);
  const refusal = condition(status, 'ReplicaFailure');
  const failure = refusal?.['status'] === 'True' ? text(refusal['message']) : undefined;
  const isOverdue = condition(status, 'Progressing')?.['reason'] === 'ProgressDeadlineExceeded';
  return {
    wantedReplicas: typeof replicas === 'number' ? replicas : 1,
    readyReplicas: count(status['readyReplicas']),
    ...(failure !== undefined && { failure: tidy(failure) }),
    ...(isOverdue && { isOverdue }),
    ...(paused === true && { isPaused: true }),
  };
}

function claimOf(object: KubeObject): ClaimFacts {
  const spec = record(object['spec']);
  const storageClass = text(spec['storageClassName']);
  const provisioner = object.metadata.annotations?.[PROVISIONER];
  return {
    phase: text(record(object['status'])['phase']) ?? '',
    ...(storageClass !== undefined && { storageClass }),
    ...(text(spec['volumeName']) !== undefined && { isNamed: true }),
    ...(provisioner !== undefined && { provisioner }),
  };
}

/** An endpoint whose readiness is not told is ready; https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions. */
function readyEndpoints(object: KubeObject): number {
  return records(object['endpoints']).filter((endpoint) => record(endpoint['conditions'])['ready'] !== false).length;
}
