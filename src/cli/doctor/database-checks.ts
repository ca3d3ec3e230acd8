import { clusterChanges } from '../../adapters/postgres/cluster-changes.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { addJobsColumn } from '../../adapters/postgres/migrations/jobs-column.ts';
import { runMigrations } from '../../adapters/postgres/migrations/run.ts';
import { type Finding, reasonOf, wrong } from './finding.ts';

const NOTIFICATION_MS = 3_000;

/** Whether the database answers, and as whom. */
export async function databaseFinding(db: Database): Promise<Finding> {
  const check = 'database';
  try {
    const started = performance.now();
    const [row] = await db<{ role: string; version: string }[]>`SELECT current_user AS role, current_setting('server_version') AS version`;
    return { check, outcome: 'ok', says: `PostgreSQL ${row?.version} answers ${row?.role} in ${Math.ceil(performance.now() - started)} ms` };
  } catch (err) {
    return wrong(check, err, 'see db.uri: host, port, name, user and password, and whether this machine may connect');
  }
}

/** Which steps are missing, without taking any. */
export async function migrationsFinding(db: Database): Promise<Finding> {
  const check = 'migrations';
  try {
    const steps = await runMigrations(db, { dryRun: true });
    const missing = steps.filter(({ outcome }) => outcome === 'pending');
    if (missing.length === 0) return { check, outcome: 'ok', says: `all ${steps.length} are there` };
    const todo = 'run vice migrate with a role that may create tables; a coordinator that may do so does it at its start';
    return { check, outcome: 'wrong', says: `missing: ${missing.map(({ name }) => name).join(', ')}`, todo };
  } catch (err) {
    return wrong(check, err, 'run a binary that is not older than the database');
  }
}

/** The column of the platform's own table, without which everything works but the name of the cluster there. */
export async function jobsFinding(db: Database): Promise<Finding> {
  const check = 'jobs.cluster_id';
  try {
    const column = await addJobsColumn(db, { dryRun: true });
    if (column.outcome === 'was there') return { check, outcome: 'ok', says: 'is there' };
    const says = column.outcome === 'skipped' ? column.why : 'is missing: the cluster of an analysis is not written to the platform’s table';
    return { check, outcome: 'warning', says, todo: 'run vice migrate; where its role may not, it prints the statement for the owner of the table' };
  } catch (err) {
    return wrong(check, err, 'the role of db.uri must be able to read the catalog');
  }
}

/** Sends a notification through one connection and hears it on another, as coordinators do. They read their clusters once more, and nothing else happens. */
export async function notificationsFinding(db: Database, listenUri: string): Promise<Finding> {
  const check = 'LISTEN/NOTIFY';
  const changes = clusterChanges(listenUri);
  try {
    let { promise: heard, resolve: hear } = Promise.withResolvers<void>();
    await changes.listen(() => hear());
    ({ promise: heard, resolve: hear } = Promise.withResolvers<void>());
    const started = performance.now();
    await db`SELECT pg_notify('vice_clusters_changed', '')`;
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, NOTIFICATION_MS, 'late').unref());
    if ((await Promise.race([heard, late])) !== 'late') {
      return { check, outcome: 'ok', says: `a change is heard after ${Math.ceil(performance.now() - started)} ms` };
    }
    return silent(check, `nothing was heard within ${NOTIFICATION_MS / 1_000} s`);
  } catch (err) {
    return silent(check, reasonOf(err));
  } finally {
    await changes.stop();
  }
}

function silent(check: string, says: string): Finding {
  const todo =
    'give db.listen_uri a direct connection, past any pooler; until then changes of clusters come by the timer (--registry-reload-seconds)';
  return { check, outcome: 'warning', says, todo };
}
