import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';

/** A manifest as the policy reads it: nothing is known of it but what its schema said. */
export interface SentManifest {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly [key: string]: unknown;
}

export interface Located {
  /** Where in the spec: `config_maps[0]`. */
  readonly path: string;
  readonly manifest: SentManifest;
}

/** Every manifest of a spec, with its place. */
export function manifestsIn(spec: ViceDeploymentSpec): readonly Located[] {
  const { deployment, service, ingress, http_route, config_maps, persistent_volumes, persistent_volume_claims, pod_disruption_budget } = spec;
  return [
    ...one('deployment', deployment),
    ...one('service', service),
    ...one('ingress', ingress),
    ...one('http_route', http_route),
    ...many('config_maps', config_maps),
    ...many('persistent_volumes', persistent_volumes),
    ...many('persistent_volume_claims', persistent_volume_claims),
    ...one('pod_disruption_budget', pod_disruption_budget),
  ];
}

// The schema gave each manifest a kind and metadata with name and labels. What the types of Kubernetes say beyond that, nobody checked:
// here all else is unknown.
function one(path: string, manifest: object | undefined): readonly Located[] {
  return manifest === undefined ? [] : [{ path, manifest: manifest as SentManifest }];
}

function many(path: string, manifests: readonly object[]): readonly Located[] {
  return manifests.flatMap((manifest, index) => one(`${path}[${index}]`, manifest));
}
