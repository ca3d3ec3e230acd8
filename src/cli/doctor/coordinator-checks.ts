import { readKeys } from '../../adapters/oidc/issuer.ts';
import { openDatabase } from '../../adapters/postgres/database.ts';
import type { CoordinatorConfig } from '../../config/coordinator.ts';
import { clusterFindings, keysFinding } from './cluster-checks.ts';
import { databaseFinding, jobsFinding, migrationsFinding, notificationsFinding } from './database-checks.ts';
import { type Finding, wrong } from './finding.ts';

/** Everything that a coordinator needs, asked as it would ask. Nothing is changed. */
export async function* coordinatorFindings(config: CoordinatorConfig, signal: AbortSignal): AsyncGenerator<Finding> {
  const db = openDatabase(config.dbUri, { maxConnections: 2 });
  try {
    const database = await databaseFinding(db);
    yield database;
    if (database.outcome !== 'ok') return;
    const migrations = await migrationsFinding(db);
    yield migrations;
    yield await jobsFinding(db);
    yield await notificationsFinding(db, config.dbListenUri);
    if (migrations.outcome !== 'ok') return;
    yield await keysFinding(db, config, signal);
    yield* await clusterFindings(db, config, signal);
    yield await accessFinding(config, signal);
  } finally {
    await db.end({ timeout: 1 });
  }
}

async function accessFinding({ access }: CoordinatorConfig, signal: AbortSignal): Promise<Finding> {
  const check = 'who may call';
  if (access === undefined) {
    const todo = 'keep its port inside the cluster, or configure an issuer of tokens (--oidc-issuer)';
    return { check, outcome: 'note', says: 'the coordinator asks nobody who they are', todo };
  }
  try {
    await readKeys(access.issuer, signal);
    return { check, outcome: 'ok', says: `tokens of ${access.issuer}, which gives its keys` };
  } catch (err) {
    return wrong(check, err, `see --oidc-issuer: ${access.issuer} must answer this machine, and be written as in its own discovery document`);
  }
}
