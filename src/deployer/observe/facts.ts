import type { ContainerStatus } from '../../schema/deployment-status.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { LABEL } from '../../schema/label-keys.ts';
import { anchorName, type Standing, standingOf } from '../anchor.ts';
import type { Kind } from '../kinds.ts';
import { VOLUME_ANCHOR, VOLUME_NAMESPACE } from '../labels.ts';
import type { KubeObject } from '../ports.ts';
import { containersOf } from './containers.ts';
import { condition, count, record, records, text } from './read.ts';

/** What status needs of one object; the rest of it is not kept. Thousands of these are in memory. */
export interface Facts {
  readonly kind: Kind;
  readonly name: string;
  readonly external_id: ExternalId;
  readonly uid: string;
  /** Grows with every change of the object. */
  readonly version: number;
  readonly isTerminating: boolean;
  readonly createdAt: number;
  /** Uid of the anchor that it belongs to, where it names one. */
  readonly anchorUid?: string;
  readonly standing?: Standing;
  readonly deployment?: { readonly readyReplicas: number; readonly failure?: string };
  readonly pod?: PodFacts;
  readonly endpoints?: { readonly ready: number };
}

export interface PodFacts {
  readonly isReady: boolean;
  readonly phase: string;
  /** Why the pod as a whole is where it is: `Evicted`. */
  readonly reason?: string;
  readonly message?: string;
  /** What the scheduler says while it finds no node. */
  readonly unschedulable?: string;
  readonly containers: readonly ContainerStatus[];
}

/** Undefined for an object that belongs to no analysis, or to another deployer. */
export function factsOf(kind: Kind, object: KubeObject, namespace: string): Facts | undefined {
  const { metadata } = object;
  const externalId = metadata.labels?.[LABEL.externalId];
  if (externalId === undefined) return undefined;
  if (kind === 'PersistentVolume' && metadata.labels?.[VOLUME_NAMESPACE] !== namespace) return undefined;
  // The policy lets nothing be applied whose label is no external id, and pods of others with such a label stay without an anchor.
  const external_id = externalId as ExternalId;
  const anchorUid = anchorUidOf(object, external_id);
  return {
    kind,
    name: metadata.name,
    external_id,
    uid: metadata.uid ?? '',
    version: Number(metadata.resourceVersion ?? 0),
    isTerminating: metadata.deletionTimestamp !== undefined,
    createdAt: Date.parse(metadata.creationTimestamp ?? '') || 0,
    ...(anchorUid !== undefined && { anchorUid }),
    ...special(kind, object, external_id),
  };
}

function anchorUidOf({ metadata }: KubeObject, externalId: ExternalId): string | undefined {
  const owner = metadata.ownerReferences?.find(({ kind, name }) => kind === 'ConfigMap' && name === anchorName(externalId));
  return owner?.uid ?? metadata.annotations?.[VOLUME_ANCHOR];
}

function special(kind: Kind, object: KubeObject, externalId: ExternalId): Partial<Facts> {
  switch (kind) {
    case 'ConfigMap': {
      const standing = object.metadata.name === anchorName(externalId) ? standingOf(object) : undefined;
      return standing ? { standing } : {};
    }
    case 'Deployment':
      return { deployment: deploymentOf(object) };
    case 'Pod':
      return { pod: podOf(object) };
    case 'EndpointSlice':
      return { endpoints: { ready: readyEndpoints(object) } };
    default:
      return {};
  }
}

function deploymentOf(object: KubeObject) {
  const status = record(object['status']);
  const failure = condition(status, 'ReplicaFailure');
  const message = failure?.['status'] === 'True' ? text(failure['message']) : undefined;
  return { readyReplicas: count(status['readyReplicas']), ...(message !== undefined && { failure: message }) };
}

function podOf(object: KubeObject): PodFacts {
  const status = record(object['status']);
  const scheduled = condition(status, 'PodScheduled');
  const reason = text(status['reason']);
  const message = text(status['message']);
  return {
    isReady: condition(status, 'Ready')?.['status'] === 'True',
    phase: text(status['phase']) ?? 'Unknown',
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    ...(scheduled?.['status'] === 'False' && { unschedulable: text(scheduled['message']) ?? 'no node was found' }),
    containers: containersOf(object.metadata.name, status),
  };
}

/** An endpoint whose readiness is not told is ready; https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions. */
function readyEndpoints(object: KubeObject): number {
  return records(object['endpoints']).filter((endpoint) => record(endpoint['conditions'])['ready'] !== false).length;
}
