import type { ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import { ownedBy } from './anchor.ts';
import { MANAGED_BY, VOLUME_ANCHOR, VOLUME_NAMESPACE } from './labels.ts';
import type { Manifest } from './ports.ts';

/** The objects of one analysis as they are written, in the three groups that order matters for. */
export interface Manifests {
  readonly volumes: readonly Manifest[];
  readonly claims: readonly Manifest[];
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
  const volume = (sent: Sent): Manifest => ({
    ...sent,
    metadata: {
      ...sent.metadata,
      labels: { ...managed(sent), [VOLUME_NAMESPACE]: namespace },
      annotations: { ...sent.metadata.annotations, [VOLUME_ANCHOR]: anchorUid },
    },
  });
  return {
    volumes: spec.persistent_volumes.map(volume),
    claims: spec.persistent_volume_claims.map(owned),
    others: [spec.service, ...routesOf(spec), ...spec.config_maps, spec.pod_disruption_budget].map(owned),
    deployment: owned(spec.deployment),
  };
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
