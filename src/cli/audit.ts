import { queryOf } from '../adapters/coordinator-client/query.ts';
import { auditCommand } from '../config/client/audit-command.ts';
import { readCommand } from '../config/client/command.ts';
import { type AuditEntry, AuditPage } from '../schema/audit.ts';
import { connect } from './connect.ts';
import { print } from './output/print.ts';
import { type Screen, screenOf } from './output/screen.ts';
import { type Column, table } from './output/table.ts';

/** `vice audit`: who changed which cluster, page by page. */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const { values } = readCommand(auditCommand, argv, env);
  const { output, cluster, limit, before } = values;
  const path = `/api/v1/audit${queryOf({ cluster, limit, before })}`;
  const page = await connect(values).ask({ method: 'GET', path }, AuditPage, signal);
  print(output, page, () => auditTable(page, screenOf(env)));
  return 0;
}

const columns: readonly Column<AuditEntry>[] = [
  { header: 'AT', of: ({ at }) => at },
  { header: 'ACTION', of: ({ action }) => action },
  { header: 'CLUSTER', of: ({ cluster_name }) => cluster_name, isLong: true },
  { header: 'BY', of: ({ subject }) => subject, isLong: true },
  { header: 'CHANGED', of: (entry) => changedIn(entry).join(', '), isLong: true },
];

function auditTable({ entries, next }: AuditPage, screen: Screen): string {
  if (entries.length === 0) return 'no such change is known\n';
  return `${table(entries, columns, screen)}${next === undefined ? '' : `\nthere are more: --before ${next}\n`}`;
}

/** Of a cluster that was there before and is after. */
function changedIn({ before, after }: AuditEntry): readonly string[] {
  if (before === null || after === null) return [];
  return Object.keys(after).filter((column) => column !== 'updated_at' && !Bun.deepEquals(before[column], after[column]));
}
