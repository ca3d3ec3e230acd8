import postgres, { type Sql } from 'postgres';
import { freshDatabase, startPostgres } from '../test/support/postgres.ts';
import { waitFor } from '../test/support/wait-for.ts';
import type { User } from './example.ts';

/** A database of the Discovery Environment in an embedded PostgreSQL. */
export interface BenchDatabase {
  readonly uri: string;
  readonly port: number;
  /** What the Discovery Environment writes of an analysis before it asks for the launch. */
  addJob(externalId: string, user: User): Promise<void>;
  /** Waits until the coordinator knows that nothing of the analysis is left. */
  stopped(externalId: string): Promise<void>;
  close(): Promise<void>;
}

export async function openDatabase(): Promise<BenchDatabase> {
  const { port } = await startPostgres();
  const uri = await freshDatabase();
  const sql = postgres(uri, { max: 4, onnotice: () => undefined });
  return {
    uri,
    port,
    addJob: (externalId, user) => addJob(sql, externalId, user),
    stopped: async (externalId) => {
      const isStopped = async () => (await sql`SELECT FROM vice_deployments WHERE external_id = ${externalId} AND state = 'stopped'`).length > 0;
      await waitFor(isStopped, { timeoutMs: 60_000, what: `the row of ${externalId} to be stopped` });
    },
    close: () => sql.end({ timeout: 5 }),
  };
}

const interactive = 'ead7467a-67c1-4087-90e1-f29ebf2ea084'; // job_types.id in discovery-environment.sql

async function addJob(sql: Sql, externalId: string, { user_id, username }: User): Promise<void> {
  const full = `${username}@iplantcollaborative.org`;
  await sql.begin(async (tx) => {
    await tx`INSERT INTO users (id, username) VALUES (${user_id}, ${full}) ON CONFLICT DO NOTHING`;
    await tx`INSERT INTO logins (user_id, ip_address) VALUES (${user_id}, '10.1.2.3')`;
    const [job] = await tx`
      INSERT INTO jobs (job_name, job_type_id, app_name, status, user_id)
      VALUES ('bench', ${interactive}, 'bench', 'Submitted', ${user_id}) RETURNING id`;
    await tx`
      INSERT INTO job_steps (job_id, step_number, external_id, status, job_type_id, app_step_number)
      VALUES (${job?.['id']}, 1, ${externalId}, 'Submitted', ${interactive}, 1)`;
  });
}
