import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';

const DATABASE = 'de';
const INTERACTIVE = 'ead7467a-67c1-4087-90e1-f29ebf2ea084';

/** What the Discovery Environment knows of an analysis after the coordinator has written to its `jobs` table. */
export interface JobRecord {
  readonly cluster: string | null;
  readonly millicores: number;
}

/** An analysis as the platform's `apps` service announces it before it asks for its launch. */
export interface AnnouncedAnalysis {
  readonly external_id: string;
  readonly name: string;
  readonly user_id: string;
  /** Short, without the domain. */
  readonly username: string;
}

/** The database of the platform that the coordinator is a part of, in the state in which a user has just pressed the launch button. */
export interface DiscoveryEnvironment {
  readonly uri: string;
  /** Writes the user, with a login, and the rows of the analysis, as `apps` does. */
  announce(analysis: AnnouncedAnalysis): Promise<void>;
  /** Undefined until the coordinator has written there. */
  jobOf(externalId: string): Promise<JobRecord | undefined>;
  close(): Promise<void>;
}

/** Domain of the users of the demo. */
export const USER_SUFFIX = '@example.org';

/** Makes the database `de` with the tables of the platform on a PostgreSQL server. `uriOf` gives the address of one of its databases. */
export async function createDiscoveryEnvironment(uriOf: (database: string) => string): Promise<DiscoveryEnvironment> {
  await using admin = connect(uriOf('postgres'));
  await admin.sql.unsafe(`CREATE DATABASE ${DATABASE}`);
  const uri = uriOf(DATABASE);
  const { sql } = connect(uri);
  await sql.unsafe(await readFile(join(import.meta.dir, 'discovery-environment.sql'), 'utf8'));
  return {
    uri,
    announce: (analysis) => announce(sql, analysis),
    jobOf: (externalId) => jobOf(sql, externalId),
    close: () => sql.end({ timeout: 5 }),
  };
}

function connect(uri: string) {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  return { sql, [Symbol.asyncDispose]: () => sql.end({ timeout: 5 }) };
}

async function announce(sql: postgres.Sql, { external_id, name, user_id, username }: AnnouncedAnalysis): Promise<void> {
  const job = randomUUID();
  await sql.begin(async (tx) => {
    await tx`INSERT INTO users (id, username) VALUES (${user_id}, ${username + USER_SUFFIX}) ON CONFLICT DO NOTHING`;
    await tx`INSERT INTO logins (user_id, ip_address) VALUES (${user_id}, '192.0.2.7')`;
    await tx`INSERT INTO jobs (id, job_name, job_type_id, user_id, status, start_date)
             VALUES (${job}, ${name}, ${INTERACTIVE}, ${user_id}, 'Submitted', now())`;
    await tx`INSERT INTO job_steps (job_id, step_number, external_id, status, job_type_id, app_step_number)
             VALUES (${job}, 1, ${external_id}, 'Submitted', ${INTERACTIVE}, 1)`;
  });
}

async function jobOf(sql: postgres.Sql, externalId: string): Promise<JobRecord | undefined> {
  const [row] = await sql<{ cluster: string | null; millicores: number }[]>`
    SELECT c.name AS cluster, j.millicores_reserved AS millicores
      FROM job_steps s JOIN jobs j ON j.id = s.job_id LEFT JOIN vice_clusters c ON c.id = j.cluster_id
     WHERE s.external_id = ${externalId} AND j.millicores_reserved > 0`;
  return row;
}
