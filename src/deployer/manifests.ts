import type { ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import { ownedBy } from './anchor.ts';
import { MANAGED_BY, VOLUME_ANCHOR, VOLUME_NAMESPACE } from './labels.ts';
import type { Manifest } from './ports.ts';

/** The objects of one analysis as they are written, in the groups that order matters for. */
export interface Manifests {
  readonly volumes: readonly Manifest[];
  /**
   * Claims that name one of the volumes, written when these stand: a claim that Kubernetes sees before its volume is looked at again only after its
   * volume controller's next round, 15 s later.
   */
  readonly boundClaims: readonly Manifest[];
  readonly freeClaims: readonly Manifest[];
  /** Neither needs the others nor is needed by them to start. */
  readonly others: readonly Manifest[];
  /** Written when volumes and claims stand: the scheduler sets a pod aside for many seconds whose claim it does not find bound. */
  readonly deployment: Manifest;
}

/** Any manifest of a deployment spec. */
interface Sent {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Every object of a spec as `Kind/name`, sorted. */
export function objectNames(spec: ViceDeploymentSpec): readonly string[] {
  return allOf(spec)
    .map(({ kind, metadata }) => nameOf(kind, metadata.name))
    .sort();
}

export function nameOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}

/** What the spec says, with what is the deployer's to say: namespace, owner and its own labels. */
export function manifestsOf(spec: ViceDeploymentSpec, namespace: string, anchorUid: string): Manifests {
  const { external_id } = spec.metadata;
  const owner = ownedBy({ external_id, uid: anchorUid });
  const owned = (sent: Sent): Manifest => ({
    ...sent,
    metadata: { ...sent.metadata, namespace, labels: managed(sent), ownerReferences: [owner] },
  });
  const claims = new Map(spec.persistent_volume_claims.map(({ metadata, spec: claim }) => [claim?.volumeName, metadata.name]));
  const volume = (sent: Sent & { readonly spec?: object }): Manifest => ({
    ...sent,
    metadata: {
      ...sent.metadata,
      labels: { ...managed(sent), [VOLUME_NAMESPACE]: namespace },
      annotations: { ...sent.metadata.annotations, [VOLUME_ANCHOR]: anchorUid },
    },
    spec: { ...sent.spec, ...reservedFor(claims.get(sent.metadata.name), namespace) },
  });
  const volumeNames = new Set(spec.persistent_volumes.map(({ metadata }) => metadata.name));
  const [boundClaims = [], freeClaims = []] = partition(spec.persistent_volume_claims, ({ spec: claim }) => volumeNames.has(claim?.volumeName ?? ''));
  return {
    volumes: spec.persistent_volumes.map(volume),
    boundClaims: boundClaims.map(owned),
    freeClaims: freeClaims.map(owned),
    others: [spec.service, ...routesOf(spec), ...spec.config_maps, spec.pod_disruption_budget].map(owned),
    deployment: owned(spec.deployment),
  };
}

/** Whoever may make claims anywhere in the cluster could take the volume first, and with it the data of a user. */
function reservedFor(claim: string | undefined, namespace: string): object {
  return claim === undefined ? {} : { claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claim } };
}

function partition<T>(all: readonly T[], belongs: (one: T) => boolean): readonly T[][] {
  return [all.filter(belongs), all.filter((one) => !belongs(one))];
}

/** Every manifest of them, in no order. */
export function everyManifest({ volumes, boundClaims, freeClaims, others, deployment }: Manifests): readonly Manifest[] {
  return [...volumes, ...boundClaims, ...freeClaims, ...others, deployment];
}

function managed(sent: Sent): Readonly<Record<string, string>> {
  return { ...sent.metadata.labels, [MANAGED_BY.key]: MANAGED_BY.value };
}

function routesOf({ ingress, http_route }: ViceDeploymentSpec): readonly Sent[] {
  return [...(ingress ? [ingress] : []), ...(http_route ? [http_route] : [])];
}

function allOf(spec: ViceDeploymentSpec): readonly Sent[] {
  return [
    ...spec.persistent_volumes,
    ...spec.persistent_volume_claims,
    spec.service,
    ...routesOf(spec),
    ...spec.config_maps,
    spec.pod_disruption_budget,
    spec.deployment,
  ];
}
