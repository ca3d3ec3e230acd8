import { type Static, Type } from '@sinclair/typebox';
import { DeploymentStatus } from './deployment-status.ts';
import { AnalysisId, ClusterId, ExternalId } from './ids.ts';

/** How far a launch or a removal has come, as `vice_deployments` says. */
export const AssignmentState = Type.Union([
  Type.Literal('reserved'),
  Type.Literal('applying'),
  Type.Literal('applied'),
  Type.Literal('running'),
  Type.Literal('stopping'),
  Type.Literal('stopped'),
  Type.Literal('failed'),
]);
export type AssignmentState = Static<typeof AssignmentState>;

const fields = {
  external_id: ExternalId,
  /** `jobs.id`, where the launch named one. */
  analysis_id: Type.Optional(AnalysisId),
  user_id: Type.String(),
  username: Type.String(),
  state: AssignmentState,
  attempt: Type.Integer({ minimum: 1 }),
  /** Where it lives, or lived last. Absent: no cluster was chosen. */
  cluster: Type.Optional(Type.Object({ id: ClusterId, name: Type.String() }, { additionalProperties: false })),
  millicores: Type.Integer(),
  /** Why the last launch ended without an analysis. */
  reason: Type.Optional(Type.String()),
  /** A removal that is still to be confirmed by the cluster. */
  removal: Type.Optional(Type.Object({ tries: Type.Integer(), note: Type.Optional(Type.String()) }, { additionalProperties: false })),
  /** RFC 3339, as the two below. */
  applied_at: Type.Optional(Type.String()),
  created_at: Type.String(),
  updated_at: Type.String(),
};

/** Which cluster an analysis lives in, and how far its launch or its removal has come. */
export const Assignment = Type.Object(fields, { additionalProperties: false });
export type Assignment = Static<typeof Assignment>;

/** The answer to `GET /api/v1/analyses`. */
export const AssignmentPage = Type.Object(
  {
    /** The latest launch first. */
    analyses: Type.Array(Assignment),
    /** The `before` of the page that follows. Absent: there is none. */
    next: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type AssignmentPage = Static<typeof AssignmentPage>;

/** What its cluster said of an analysis when it was asked. Not to be reached is something else than to have nothing of it. */
const ClusterAnswer = Type.Union([
  Type.Object({ answer: Type.Literal('status'), status: DeploymentStatus }, { additionalProperties: false }),
  Type.Object({ answer: Type.Literal('gone') }, { additionalProperties: false }),
  Type.Object({ answer: Type.Literal('unreachable'), reason: Type.String() }, { additionalProperties: false }),
]);
export type ClusterAnswer = Static<typeof ClusterAnswer>;

/** The answer to `GET /api/v1/analyses/{external_id}`. */
export const AssignmentReport = Type.Object(
  {
    ...fields,
    /** Host name of its page. */
    host: Type.Optional(Type.String()),
    /** Of a launch that failed: what each cluster said. */
    details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    /** Absent: there is no cluster to ask. */
    in_cluster: Type.Optional(ClusterAnswer),
  },
  { additionalProperties: false },
);
export type AssignmentReport = Static<typeof AssignmentReport>;
