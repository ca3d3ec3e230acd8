import { InvalidDocumentError } from '../errors/errors.ts';
import type { Analysis } from '../schema/analysis.ts';
import { MOST_SPEC_BYTES, type SpecMetadata, type ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import { findFaults } from './faults.ts';
import { configMaps } from './manifests/config-maps.ts';
import { deployment } from './manifests/deployment.ts';
import { httpRoute, ingress, podDisruptionBudget, service } from './manifests/network.ts';
import { persistentVolumeClaims, persistentVolumes } from './manifests/storage.ts';
import { type Parts, partsOf } from './parts.ts';
import type { SpecProfile } from './settings.ts';

/**
 * Every manifest of an analysis, as the deployer of one cluster is sent it: without namespace and without an attempt. `loginIp` is the user's latest
 * login address, `''` if none is known. The same arguments give the same bytes, whatever the order of their keys.
 *
 * @throws InvalidDocumentError with every fault that {@link findFaults} finds, or when the spec is larger than a deployer takes
 */
export function buildDeploymentSpec(analysis: Analysis, profile: SpecProfile, loginIp: string): ViceDeploymentSpec {
  const faults = findFaults(analysis, profile);
  if (faults.length > 0) throw new InvalidDocumentError('the analysis cannot be launched', { faults });
  const parts = partsOf(analysis, profile, loginIp);
  return refuseTooLarge({
    metadata: metadataOf(parts),
    deployment: deployment(parts),
    service: service(parts),
    ...(profile.gateway === undefined ? { ingress: ingress(parts) } : { http_route: httpRoute(parts, profile.gateway) }),
    config_maps: configMaps(parts),
    persistent_volumes: persistentVolumes(parts),
    persistent_volume_claims: persistentVolumeClaims(parts),
    pod_disruption_budget: podDisruptionBudget(parts),
  });
}

/** What is left for the attempt, which the coordinator adds. */
const ATTEMPT_BYTES = 64;

function refuseTooLarge(spec: ViceDeploymentSpec): ViceDeploymentSpec {
  const bytes = new TextEncoder().encode(JSON.stringify(spec)).length;
  if (bytes <= MOST_SPEC_BYTES - ATTEMPT_BYTES) return spec;
  const message = `gives manifests of ${bytes} bytes, where a cluster takes ${MOST_SPEC_BYTES}; fewer inputs, ports or variables, or shorter ones, fit`;
  throw new InvalidDocumentError('the analysis cannot be launched', { faults: [{ path: '', message }] });
}

function metadataOf({ analysis, subdomain }: Parts): SpecMetadata {
  return {
    external_id: analysis.uuid,
    ...(analysis.id && { analysis_id: analysis.id }),
    user_id: analysis.user_id,
    username: analysis.username,
    analysis_name: analysis.name,
    ...(analysis.app_id && { app_id: analysis.app_id }),
    ...(analysis.app_name && { app_name: analysis.app_name }),
    subdomain,
  };
}
