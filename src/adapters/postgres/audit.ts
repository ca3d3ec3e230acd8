import type { Actor, AuditLog } from '../../cluster-registry/ports.ts';
import type { AuditEntry } from '../../schema/audit.ts';
import { ask } from './ask.ts';
import type { Database } from './database.ts';
import { storableJson, storableText } from './storable.ts';

export type AuditedAction = 'register' | 'change' | 'enable' | 'disable' | 'drain' | 'forget' | 'delete' | 'rotate-key';

/**
 * An expression for the RETURNING of a statement that changes `vice_clusters`: tells the trigger that writes `vice_audit` who acts. It is evaluated before
 * the trigger runs, and forgotten with the statement's transaction.
 */
export function audited(db: Database, action: AuditedAction, by: Actor) {
  return db`set_config('vice.audit', ${storableJson({ ...by, action })}, true) AS audited`;
}

/** The table `vice_audit`, which nobody but its trigger writes. */
export function auditLog(db: Database): AuditLog {
  return {
    async page({ limit, before, cluster }, signal) {
      const statement = async () => db<AuditEntry[]>`
        SELECT id::text, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, subject, peer, request_id, action, cluster_id,
          cluster_name, before, after
        FROM vice_audit WHERE id < ${before ?? '9223372036854775807'}::text::bigint
          ${cluster === undefined ? db`` : db`AND (cluster_name = ${storableText(cluster)} OR cluster_id::text = ${cluster.toLowerCase()})`}
        ORDER BY vice_audit.id DESC LIMIT ${limit}`;
      return ask(statement, { what: 'read the audit', signal, repeatable: true });
    },
  };
}
