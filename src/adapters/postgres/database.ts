import postgres from 'postgres';

/** A pool of connections to one database. */
export type Database = postgres.Sql;

export interface DatabaseOptions {
  /** Connections that are open at most. They are opened when they are needed. @default 10 */
  readonly maxConnections?: number;
}

/**
 * Opens a pool; no connection is made yet. Prepared statements can be switched off with `?prepare=false` in the address, for poolers that do not
 * know them.
 */
export function openDatabase(uri: string, options: DatabaseOptions = {}): Database {
  return postgres(uri, {
    max: options.maxConnections ?? 10,
    connect_timeout: 5,
    // The library's own waits up to 20 s after a few failures, which would outlast every outage of the database by as much.
    backoff: (failures: number) => Math.min(0.05 * 2 ** Math.min(failures, 4), 0.5),
    onnotice: () => undefined,
    connection: { application_name: 'vice' },
  });
}
