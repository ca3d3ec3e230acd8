import type { AssignmentFilter, AssignmentReader, AssignmentRow } from '../../../coordinator/looking/ports.ts';
import type { Assignment } from '../../../schema/assignment.ts';
import type { Database } from '../database.ts';
import { rows } from './context.ts';

interface Row {
  readonly external_id: Assignment['external_id'];
  readonly analysis_id: NonNullable<Assignment['analysis_id']> | null;
  readonly user_id: string;
  readonly username: string;
  readonly state: Assignment['state'];
  readonly attempt: number;
  readonly cluster_id: NonNullable<Assignment['cluster']>['id'] | null;
  readonly cluster_name: string | null;
  readonly millicores: number;
  readonly reason: string | null;
  readonly is_removal_due: boolean;
  readonly removal_tries: number;
  readonly removal_note: string | null;
  readonly applied_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

interface WholeRow extends Row {
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly host: string | null;
}

/** `vice_deployments`, for those who look. The spec, which is large, stays where it is. */
export function assignmentReader(db: Database): AssignmentReader {
  const columns = db`
    d.external_id, d.analysis_id, d.user_id, d.username, d.state, d.attempt, d.cluster_id, c.name AS cluster_name, d.millicores, d.reason,
    d.removal_due IS NOT NULL AS is_removal_due, d.removal_tries, d.removal_note, d.applied_at, d.created_at, d.updated_at`;
  return {
    async page(filter, signal) {
      const statement = () => db<Row[]>`
        SELECT ${columns} FROM vice_deployments d LEFT JOIN vice_clusters c ON c.id = d.cluster_id
        WHERE ${conditions(db, filter)} ORDER BY d.created_at DESC, d.external_id DESC LIMIT ${filter.limit}`;
      return (await rows(statement, 'list the analyses', signal, { repeatable: true })).map(assignmentOf);
    },
    async find(externalId, signal) {
      const statement = () => db<WholeRow[]>`
        SELECT ${columns}, d.details,
               coalesce(d.spec::jsonb #>> '{ingress,spec,rules,0,host}', d.spec::jsonb #>> '{http_route,spec,hostnames,0}') AS host
        FROM vice_deployments d LEFT JOIN vice_clusters c ON c.id = d.cluster_id WHERE d.external_id = ${externalId}`;
      const [row] = await rows(statement, 'find the analysis', signal, { repeatable: true });
      return row && wholeOf(row);
    },
  };
}

function conditions(db: Database, { states, cluster, user, before }: AssignmentFilter) {
  return db`true
    ${states === undefined ? db`` : db`AND d.state IN ${db([...states])}`}
    ${cluster === undefined ? db`` : db`AND (c.name = ${cluster} OR c.id::text = ${cluster.toLowerCase()})`}
    ${user === undefined ? db`` : db`AND (d.username = ${user} OR d.user_id = ${user})`}
    ${
      before === undefined
        ? db``
        : db`AND (d.created_at, d.external_id) < (SELECT b.created_at, b.external_id FROM vice_deployments b WHERE b.external_id = ${before})`
    }`;
}

function assignmentOf(row: Row): Assignment {
  const { external_id, user_id, username, state, attempt, millicores } = row;
  return {
    external_id,
    ...(row.analysis_id !== null && { analysis_id: row.analysis_id }),
    user_id,
    username,
    state,
    attempt,
    ...(row.cluster_id !== null && { cluster: { id: row.cluster_id, name: row.cluster_name ?? '' } }),
    millicores,
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.is_removal_due && { removal: { tries: row.removal_tries, ...(row.removal_note !== null && { note: row.removal_note }) } }),
    ...(row.applied_at !== null && { applied_at: row.applied_at.toISOString() }),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

function wholeOf(row: WholeRow): AssignmentRow {
  return { ...assignmentOf(row), ...(row.host !== null && { host: row.host }), ...(row.details !== null && { details: row.details }) };
}
