import { type Static, Type } from '@sinclair/typebox';
import { ClusterProfile } from './cluster-profile.ts';
import { ClusterId } from './ids.ts';

const fields = {
  name: Type.String({ minLength: 1, maxLength: 255 }),
  deployer_url: Type.String({
    maxLength: 512,
    pattern: '^https?://[^\\s/?#@]+(/[^\\s?#]*)?$',
    errorMessage: 'must be an http or https URL without user, query and fragment, such as https://deployer.example.org:8443',
  }),
  enabled: Type.Boolean(),
  priority: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
};

/** The body of `POST /api/v1/clusters`. */
export const NewCluster = Type.Object(
  {
    name: fields.name,
    deployer_url: fields.deployer_url,
    /** @default true */
    enabled: Type.Optional(fields.enabled),
    /** Lower is asked first. @default 100 */
    priority: Type.Optional(fields.priority),
    /** What the coordinator must know of the cluster to build right. @default {} */
    profile: Type.Optional(ClusterProfile),
    /** Nothing else can be asked for yet. @default false */
    mtls_enabled: Type.Optional(Type.Literal(false, { errorMessage: 'must be false: mutual TLS with deployers is not available yet' })),
  },
  { additionalProperties: false },
);
export type NewCluster = Static<typeof NewCluster>;

const ClusterState = Type.Union([
  Type.Literal('registered'),
  Type.Literal('healthy'),
  Type.Literal('degraded'),
  Type.Literal('unreachable'),
  Type.Literal('auth_failed'),
  Type.Literal('disabled'),
  Type.Literal('draining'),
]);
export type ClusterState = Static<typeof ClusterState>;

/** A cluster as the API shows it. Key material is never part of it. */
export const Cluster = Type.Object(
  {
    id: ClusterId,
    ...fields,
    mtls_enabled: Type.Boolean(),
    profile: ClusterProfile,
    status: ClusterState,
    /** Why it is unreachable, or whose certificate is refused and why. */
    status_reason: Type.Optional(Type.String()),
    /** RFC 3339. Absent until the first check. */
    last_health_check: Type.Optional(Type.String()),
    created_at: Type.String(),
    updated_at: Type.String(),
  },
  { additionalProperties: false },
);
export type Cluster = Static<typeof Cluster>;

/** The answer to `GET /api/v1/clusters`. */
export const ClusterList = Type.Object({ clusters: Type.Array(Cluster) }, { additionalProperties: false });
export type ClusterList = Static<typeof ClusterList>;
