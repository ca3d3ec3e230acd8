import { type Static, Type } from '@sinclair/typebox';
import { ExternalId } from './ids.ts';

const Phase = Type.Union([
  /** The anchor stands and something of the analysis is still missing in the cluster. */
  Type.Literal('incomplete'),
  /** Everything is applied; no pod is ready. */
  Type.Literal('pending'),
  /** A pod is ready, and nobody ends it. */
  Type.Literal('running'),
  /** Everything is applied and it will not become ready without somebody's doing. */
  Type.Literal('failed'),
  /** A removal was asked and something is still there. */
  Type.Literal('terminating'),
]);
/** Where an analysis is in its life in one cluster. What exists in part is never "not found". */
export type Phase = Static<typeof Phase>;

const ContainerStatus = Type.Object(
  {
    name: Type.String(),
    pod: Type.String(),
    init: Type.Boolean(),
    ready: Type.Boolean(),
    restart_count: Type.Integer({ minimum: 0 }),
    state: Type.Union([Type.Literal('waiting'), Type.Literal('running'), Type.Literal('terminated'), Type.Literal('unknown')]),
    reason: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
    exit_code: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
);
export type ContainerStatus = Static<typeof ContainerStatus>;

/** The answer to `POST /api/v1/deployments` and to `GET .../status`. */
export const DeploymentStatus = Type.Object(
  {
    external_id: ExternalId,
    phase: Phase,
    /** Stable, for programs: `image_not_found`, `unschedulable_gpu`, `quota_exceeded` ...; all are in docs/reference/status.md. Absent while it runs. */
    reason_code: Type.Optional(Type.String()),
    /** One sentence for a person. */
    message: Type.Optional(Type.String()),
    /** What that person can do. */
    hint: Type.Optional(Type.String()),
    containers: Type.Array(ContainerStatus),
    url_ready: Type.Boolean(),
    attempt: Type.Integer({ minimum: 1 }),
    /** SHA-256 of the applied spec in hexadecimal. */
    spec_hash: Type.String(),
    /** RFC 3339; when the cluster was last known to be like this. */
    observed_at: Type.String(),
    /** Opaque. Grows with every change that the answering deployer saw. */
    revision: Type.String(),
  },
  { additionalProperties: false },
);
export type DeploymentStatus = Static<typeof DeploymentStatus>;

/** The answer to `GET .../url-ready`: `ready` is true when each of the others is. */
export const UrlReady = Type.Object(
  { ready: Type.Boolean(), deployment: Type.Boolean(), service: Type.Boolean(), route: Type.Boolean(), endpoints: Type.Boolean() },
  { additionalProperties: false },
);
export type UrlReady = Static<typeof UrlReady>;

/** The answer to `GET /api/v1/deployments`. With `full` false, `items` holds what changed since the revision asked for. */
export const DeploymentList = Type.Object(
  { revision: Type.String(), full: Type.Boolean(), items: Type.Array(DeploymentStatus), removed: Type.Array(ExternalId) },
  { additionalProperties: false },
);
export type DeploymentList = Static<typeof DeploymentList>;

/** The answer to `DELETE /api/v1/deployments/{external_id}`: 200 with `gone` true, or 202 with what still terminates, as `Kind/name`. */
export const RemovalStatus = Type.Object(
  { external_id: ExternalId, gone: Type.Boolean(), left: Type.Array(Type.String()) },
  { additionalProperties: false },
);
export type RemovalStatus = Static<typeof RemovalStatus>;
