import type { ViceDeploymentSpec } from '../schema/deployment-spec.ts';

/** Every object of a spec as `Kind/name`, sorted. */
export function objectsOf(spec: ViceDeploymentSpec): readonly string[] {
  const { deployment, service, ingress, http_route, config_maps, persistent_volumes, persistent_volume_claims, pod_disruption_budget } = spec;
  const routes = [ingress, http_route].filter((route) => route !== undefined);
  const all = [deployment, service, ...routes, ...config_maps, ...persistent_volumes, ...persistent_volume_claims, pod_disruption_budget];
  return all.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
}

/** The same and the anchor that owns them: all that stands once the spec is applied. */
export function standing(spec: ViceDeploymentSpec): readonly string[] {
  return [anchorOf(spec.metadata.external_id), ...objectsOf(spec)].sort();
}

/** As `Kind/name`. */
export function anchorOf(externalId: string): string {
  return `ConfigMap/vice-${externalId}`;
}
