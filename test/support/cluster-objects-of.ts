import { type Anchor, anchorManifest } from '../../src/deployer/anchor.ts';
import type { Kind } from '../../src/deployer/kinds.ts';
import { objectNames } from '../../src/deployer/manifests.ts';
import { type Facts, factsOf } from '../../src/deployer/observe/facts.ts';
import type { KubeObject } from '../../src/deployer/ports.ts';
import type { ExternalId } from '../../src/schema/ids.ts';
import { sampleSpec } from '../contract/sample-spec.ts';

/** One object as a cluster has it. */
export interface Part {
  readonly kind: Kind;
  readonly object: KubeObject;
}

const external_id = 'x1' as ExternalId; // a label, as the schema asks for
const spec = sampleSpec(external_id);
const anchorUid = 'anchor-uid';
let uids = 0;

function part(kind: Kind, name: string, more: object = {}, body: object = {}): Part {
  uids += 1;
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: `vice-${external_id}`, uid: anchorUid };
  const metadata = {
    name,
    uid: `uid-${uids}`,
    resourceVersion: String(uids),
    labels: { 'external-id': external_id },
    ownerReferences: [owner],
    ...more,
  };
  return { kind, object: { metadata, ...body } };
}

interface PodParts {
  readonly containers?: readonly object[];
  readonly unschedulable?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly isReady?: boolean;
}

function pod({ containers = [], unschedulable, isReady = false, ...rest }: PodParts): Part {
  const scheduled = unschedulable === undefined ? [] : [{ type: 'PodScheduled', status: 'False', message: unschedulable }];
  const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False' }, ...scheduled];
  return part(
    'Pod',
    `${external_id}-pod`,
    { ownerReferences: [] },
    { status: { phase: 'Pending', conditions, containerStatuses: containers, ...rest } },
  );
}

function deployment({ readyReplicas, failure }: { readonly readyReplicas?: number; readonly failure?: string } = {}): Part {
  const conditions = failure === undefined ? [] : [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure }];
  return part('Deployment', external_id, {}, { status: { ...(readyReplicas !== undefined && { readyReplicas }), conditions } });
}

function configMap(content: Anchor | { readonly external_id: ExternalId; readonly fenced: { attempt: number; at: Date } }, more: object): Part {
  const { metadata, data } = { data: {}, ...anchorManifest(content, 'vice-apps') };
  return part('ConfigMap', metadata.name, { ...metadata, uid: anchorUid, ownerReferences: [], ...more }, { data });
}

/** Objects of the analysis `x1`, as a cluster answers with them. */
export const objectsOf = {
  anchor: (more: object = {}) => configMap({ external_id, attempt: 3, spec_hash: 'abc', origin: 'test', objects: objectNames(spec) }, more),
  tombstone: () => configMap({ external_id, fenced: { attempt: 2, at: new Date('2026-03-01T12:00:00Z') } }, {}),
  service: (more: object = {}) => part('Service', `vice-${external_id}`, more),
  volume: () =>
    part('PersistentVolume', `csi-data-volume-${external_id}`, {
      ownerReferences: [],
      labels: { 'external-id': external_id, 'vice/namespace': 'vice-apps' },
      annotations: { 'vice/anchor-uid': anchorUid },
    }),
  endpoints: (ready: boolean) => part('EndpointSlice', `vice-${external_id}-abc`, {}, { endpoints: [{ conditions: { ready } }] }),
  deployment,
  pod,
};

/** All that is applied, and no pod yet. */
export const everything: readonly Part[] = [
  objectsOf.anchor(),
  objectsOf.volume(),
  objectsOf.service(),
  deployment(),
  part('Ingress', external_id),
  part('PodDisruptionBudget', external_id),
  part('PersistentVolumeClaim', `working-dir-${external_id}`),
  part('PersistentVolumeClaim', `csi-data-volume-claim-${external_id}`),
  part('ConfigMap', `excludes-file-${external_id}`),
  part('ConfigMap', `input-path-list-${external_id}`),
];

/** As above, with a pod that is ready. */
export const running: readonly Part[] = [
  ...everything.filter(({ kind }) => kind !== 'Deployment'),
  deployment({ readyReplicas: 1 }),
  objectsOf.endpoints(true),
  pod({ isReady: true, containers: [{ name: 'analysis', ready: true, restartCount: 0, state: { running: {} } }] }),
];

export function factsFor(parts: readonly Part[]): readonly Facts[] {
  return parts.flatMap(({ kind, object }) => factsOf(kind, object, 'vice-apps') ?? []);
}
