import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/demo/embedded-postgres.ts';

const template = 'discovery_environment';
const shared: unique symbol = Symbol.for('vice.test.postgres');
const holder: typeof globalThis & { [shared]?: Promise<EmbeddedPostgres> } = globalThis;

/**
 * The PostgreSQL server of this `bun test` process: started at the first call, the same one for every test file, gone when the
 * process is gone. A test that stops or restarts its server takes one of its own from `startEmbeddedPostgres`.
 */
export function startPostgres(): Promise<EmbeddedPostgres> {
  holder[shared] ??= startWithTemplate(); // global, because test files do not share modules
  return holder[shared];
}

/** The address of a new database with the tables of the Discovery Environment, for one test file or one test. About 50 ms. */
export async function freshDatabase(): Promise<string> {
  return createDatabase(await startPostgres(), `TEMPLATE ${template}`);
}

/** The address of a new database without any table. */
export async function emptyDatabase(): Promise<string> {
  return createDatabase(await startPostgres(), '');
}

async function createDatabase(server: EmbeddedPostgres, clause: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await execute(server.uri('postgres'), `CREATE DATABASE ${name} ${clause}`);
  return server.uri(name);
}

async function startWithTemplate(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres();
  await execute(server.uri('postgres'), `CREATE DATABASE ${template}`);
  await execute(server.uri(template), await readFile(join(import.meta.dir, '../../src/demo/discovery-environment.sql'), 'utf8'));
  return server;
}

async function execute(uri: string, statements: string): Promise<void> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(statements);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
