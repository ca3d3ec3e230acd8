import type { TransferType } from '../schema/file-transfer.ts';
import type { ExternalId } from '../schema/ids.ts';
import { LABEL } from '../schema/label-keys.ts';
import { MANAGED_BY } from './labels.ts';
import type { KubeObject, Manifest, OwnerReference } from './ports.ts';

/**
 * What the ConfigMap `vice-<external_id>` says. It is created before anything else of an analysis and owns all of it, so whoever finds it knows what
 * should be there: also a deployer that never saw the request.
 */
export interface Anchor {
  readonly external_id: ExternalId;
  /** The highest attempt that the spec was applied for. */
  readonly attempt: number;
  readonly spec_hash: string;
  /** Who sent it, for the operator who reads the ConfigMap. */
  readonly origin: string;
  /** Everything that belongs to the analysis, as `Kind/name`. */
  readonly objects: readonly string[];
  /** Attempts up to this one were ended by a fence and must not come alive. */
  readonly fenced?: Fence;
  /** What is remembered of the last transfers that were asked for, as `transfers/remembered.ts` writes it. */
  readonly transfers?: { readonly [T in TransferType]?: string };
}

/** A mark in the place of an anchor: nothing is there, and a POST of these attempts that is still on its way finds it. */
export interface Tombstone {
  readonly external_id: ExternalId;
  readonly fenced: Fence;
}

export interface Fence {
  readonly attempt: number;
  /** By the clock of the deployer that was asked. */
  readonly at: Date;
}

/** An anchor or a tombstone as it stands in the cluster. */
export type Standing = (({ readonly is: 'anchor' } & Anchor) | ({ readonly is: 'tombstone' } & Tombstone)) & {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly isTerminating: boolean;
};

/** Where an anchor keeps what is remembered of transfers. */
export const TRANSFER_KEY: Readonly<Record<TransferType, string>> = { download: 'last_download', upload: 'last_upload' };

export function anchorName(externalId: ExternalId): string {
  return `vice-${externalId}`;
}

/** With the `resourceVersion` of what it replaces, when it replaces something. */
export function anchorManifest(content: Anchor | Tombstone, namespace: string, resourceVersion?: string): Manifest {
  const { external_id, fenced } = content;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: anchorName(external_id),
      namespace,
      labels: { [MANAGED_BY.key]: MANAGED_BY.value, [LABEL.externalId]: external_id },
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    data: {
      external_id,
      ...('attempt' in content && {
        attempt: String(content.attempt),
        spec_hash: content.spec_hash,
        origin: content.origin,
        objects: content.objects.join('\n'),
        ...(content.transfers?.download !== undefined && { [TRANSFER_KEY.download]: content.transfers.download }),
        ...(content.transfers?.upload !== undefined && { [TRANSFER_KEY.upload]: content.transfers.upload }),
      }),
      ...(fenced && { fenced: String(fenced.attempt), fenced_at: fenced.at.toISOString() }),
    },
  };
}

/** The reference by which an object belongs to its anchor, and which keeps the anchor until the object is gone. */
export function ownedBy(anchor: { readonly external_id: ExternalId; readonly uid: string }): OwnerReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: anchorName(anchor.external_id), uid: anchor.uid, blockOwnerDeletion: true };
}

/** Undefined when the object is no anchor of this deployer, whatever its name. */
export function standingOf(object: KubeObject): Standing | undefined {
  const { metadata } = object;
  const data = object['data'];
  if (metadata.labels?.[MANAGED_BY.key] !== MANAGED_BY.value || !isTextRecord(data)) return undefined;
  const id = data['external_id'];
  if (id === undefined || metadata.name !== `vice-${id}`) return undefined;
  const place = {
    // Only this deployer writes ConfigMaps with its label, and it writes checked ids into them.
    external_id: id as ExternalId,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    isTerminating: metadata.deletionTimestamp !== undefined,
  };
  const fenced = fenceOf(data);
  const { attempt, spec_hash, origin = '', objects = '' } = data;
  if (spec_hash === undefined) return fenced && { is: 'tombstone', ...place, fenced };
  return {
    is: 'anchor',
    ...place,
    attempt: attemptIn(attempt),
    spec_hash,
    origin,
    objects: objects.split('\n').filter(Boolean),
    ...(fenced && { fenced }),
    ...transfersIn(data),
  };
}

function transfersIn(data: Readonly<Record<string, string>>): Pick<Anchor, 'transfers'> {
  const { [TRANSFER_KEY.download]: download, [TRANSFER_KEY.upload]: upload } = data;
  if (download === undefined && upload === undefined) return {};
  return { transfers: { ...(download !== undefined && { download }), ...(upload !== undefined && { upload }) } };
}

// Somebody may have changed the ConfigMap by hand: what makes no sense reads as the least that is safe.
function fenceOf(data: Readonly<Record<string, string>>): Fence | undefined {
  const attempt = Number(data['fenced']);
  return Number.isSafeInteger(attempt) ? { attempt, at: new Date(Date.parse(data['fenced_at'] ?? '') || 0) } : undefined;
}

function attemptIn(text: string | undefined): number {
  const attempt = Number(text);
  return Number.isSafeInteger(attempt) && attempt > 0 ? attempt : 1;
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'string');
}
