import { type Static, Type } from '@sinclair/typebox';
import { ClusterId } from './ids.ts';

/** Columns of `vice_clusters`; digests stand in the place of certificates and keys. */
const AuditedCluster = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]);

/** One change of a cluster. */
export const AuditEntry = Type.Object(
  {
    /** Grows from entry to entry; not without gaps. */
    id: Type.String(),
    /** RFC 3339. */
    at: Type.String(),
    /** The subject of the caller's token; `anonymous` where none is asked for; the user of a command; `database role ...` for what was done by hand. */
    subject: Type.String(),
    /** Address that the change came from. */
    peer: Type.Union([Type.String(), Type.Null()]),
    request_id: Type.Union([Type.String(), Type.Null()]),
    /** `register`, `change`, `enable`, `disable`, `drain`, `forget`, `delete`, `rotate-key`; `insert`, `update` and `delete` for what was done by hand. */
    action: Type.String(),
    cluster_id: ClusterId,
    /** After the change. */
    cluster_name: Type.String(),
    /** Null for a new cluster. */
    before: AuditedCluster,
    /** Null for one that is gone. */
    after: AuditedCluster,
  },
  { additionalProperties: false },
);
export type AuditEntry = Static<typeof AuditEntry>;

/** The answer to `GET /api/v1/audit`. */
export const AuditPage = Type.Object(
  {
    /** The latest first. */
    entries: Type.Array(AuditEntry),
    /** The `before` of the page that follows. Absent: there is none. */
    next: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type AuditPage = Static<typeof AuditPage>;
