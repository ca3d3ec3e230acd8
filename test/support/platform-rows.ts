import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/adapters/postgres/database.ts';

const INTERACTIVE = 'ead7467a-67c1-4087-90e1-f29ebf2ea084';
const BATCH = 'ad069d9f-e38f-418c-84f6-21f620cade77';

/** A user of the platform, without analyses. */
export async function addUser(db: Database): Promise<string> {
  const id = randomUUID();
  await db`INSERT INTO users (id, username) VALUES (${id}, ${`${id}@example.org`})`;
  return id;
}

/** An analysis of a user in the platform's own tables, as `apps` writes it after the launch. Gives `jobs.id`. */
export async function addJob(
  db: Database,
  job: { readonly userId: string; readonly externalId: string; readonly status: string; readonly isInteractive?: boolean },
): Promise<string> {
  const id = randomUUID();
  const type = job.isInteractive === false ? BATCH : INTERACTIVE;
  await db`INSERT INTO jobs (id, job_name, job_type_id, status, user_id) VALUES (${id}, 'test', ${type}, ${job.status}, ${job.userId})`;
  await db`INSERT INTO job_steps (job_id, step_number, external_id, status, job_type_id, app_step_number)
           VALUES (${id}, 1, ${job.externalId}, ${job.status}, ${type}, 1)`;
  return id;
}
