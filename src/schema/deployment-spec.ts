import { type Static, Type } from '@sinclair/typebox';
import { AnalysisId, ExternalId, UserId } from './ids.ts';
import {
  ConfigMapManifest,
  DeploymentManifest,
  HttpRouteManifest,
  IngressManifest,
  PersistentVolumeClaimManifest,
  PersistentVolumeManifest,
  PodDisruptionBudgetManifest,
  ServiceManifest,
} from './manifest.ts';

/** The largest deployment spec that a deployer takes, in bytes of its JSON. */
export const MOST_SPEC_BYTES = 1 << 20;

/** Raised by the coordinator at each launch and each fence of an analysis; whoever sends none means 1. */
export const Attempt = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

export const SpecMetadata = Type.Object(
  {
    external_id: ExternalId,
    /** `jobs.id`, when the launch named one. */
    analysis_id: Type.Optional(AnalysisId),
    user_id: UserId,
    /** Short name of the user, without the domain. */
    username: Type.String({ minLength: 1, maxLength: 512 }),
    analysis_name: Type.Optional(Type.String({ maxLength: 255 })),
    app_id: Type.Optional(Type.String({ maxLength: 255 })),
    app_name: Type.Optional(Type.String({ maxLength: 255 })),
    /** First label of the analysis' host name: `a` and eight hexadecimal digits. */
    subdomain: Type.Optional(Type.String({ maxLength: 63 })),
    /** Not part of the spec's hash. @default 1 */
    attempt: Type.Optional(Attempt),
  },
  { additionalProperties: false },
);
export type SpecMetadata = Static<typeof SpecMetadata>;

/**
 * The body of `POST /api/v1/deployments`: every manifest of one analysis, in Kubernetes' own spelling, without namespace and without owner. The
 * deployer adds both. Exactly one of `ingress` and `http_route` is there.
 */
export const ViceDeploymentSpec = Type.Object(
  {
    metadata: SpecMetadata,
    deployment: DeploymentManifest,
    service: ServiceManifest,
    ingress: Type.Optional(IngressManifest),
    http_route: Type.Optional(HttpRouteManifest),
    config_maps: Type.Array(ConfigMapManifest, { maxItems: 64 }),
    persistent_volumes: Type.Array(PersistentVolumeManifest, { maxItems: 64 }),
    persistent_volume_claims: Type.Array(PersistentVolumeClaimManifest, { maxItems: 64 }),
    pod_disruption_budget: PodDisruptionBudgetManifest,
  },
  { additionalProperties: false },
);
export type ViceDeploymentSpec = Static<typeof ViceDeploymentSpec>;
