import { type Static, Type } from '@sinclair/typebox';

const FaultDocument = Type.Object({
  path: Type.String(),
  message: Type.String(),
  /** Stable id of the rule that is broken, such as `pod.host-namespaces`; on every violation of the deployer's policy. */
  rule: Type.Optional(Type.String()),
  /** What the rule would let in. */
  allowed: Type.Optional(Type.String()),
});

/** RFC 9457 problem details (`application/problem+json`), the error body of `/api/v1/*`. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  detail: Type.Optional(Type.String()),
  /** Stable, for programs. */
  code: Type.String(),
  /** Whether the same request may succeed later. */
  retryable: Type.Boolean(),
  request_id: Type.String(),
  /** Every fault of the document that was sent. */
  faults: Type.Optional(Type.Array(FaultDocument)),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type Problem = Static<typeof Problem>;

/** The error body of `/vice/*`, exactly these keys: the Discovery Environment's other services parse it. */
export const PlatformError = Type.Object(
  { message: Type.String(), error_code: Type.Optional(Type.String()), details: Type.Optional(Type.Record(Type.String(), Type.Unknown())) },
  { additionalProperties: false },
);
export type PlatformError = Static<typeof PlatformError>;
