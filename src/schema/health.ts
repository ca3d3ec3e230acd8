import { type Static, Type } from '@sinclair/typebox';

/** The answer to a deployer's `GET /api/v1/health` when its kube-apiserver answers; else problem details with 502 or 503. */
export const Health = Type.Object(
  {
    status: Type.Literal('healthy'),
    kubernetes: Type.Literal('reachable'),
    /** How long the kube-apiserver took to answer, in milliseconds. */
    kubernetes_ms: Type.Integer({ minimum: 0 }),
    /** Of the deployer: `0.1.0 (1a2b3c4)`. */
    version: Type.String(),
    /** The deployer's clock when it answered, RFC 3339: whoever asked sees how far it is off. */
    now: Type.String(),
  },
  { additionalProperties: false },
);
export type Health = Static<typeof Health>;
