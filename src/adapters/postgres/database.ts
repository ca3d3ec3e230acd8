import postgres from 'postgres';

/** A pool of connections to one database, used as the library's own. */
export type Database = postgres.Sql;

export interface DatabaseOptions {
  /** Connections that are open at most. They are opened when they are needed. @default 10 */
  readonly maxConnections?: number;
}

/** For as long, a pool that was replaced still serves what was asked of it; longer than any statement is waited for. */
const LINGER_MS = 12_000;

/**
 * Opens a pool; no connection is made yet. Prepared statements can be switched off with `?prepare=false` in the address, for poolers that do not
 * know them.
 *
 * Whenever a connection that was open is closed, new statements go to a new pool; one that never opened is tried again by its own pool. A connection of postgres 3.4.9 that dies while it is about to write never writes
 * again: `closed` in its connection.js clears the timer without forgetting it, and every statement that the pool gives to it afterwards ends with the
 * time to connect. `begin` has troubles of its own with a lost connection (https://github.com/porsager/postgres/issues/1208), so it is for
 * migrations alone, where an error ends the run.
 */
export function openDatabase(uri: string, options: DatabaseOptions = {}): Database {
  let current = openPool(uri, options, () => replace());
  let isEnding = false;
  const old = new Map<postgres.Sql, ReturnType<typeof setTimeout>>();

  const replace = () => {
    if (isEnding) return;
    const closed = current;
    current = openPool(uri, options, () => replace());
    const timer = setTimeout(() => {
      old.delete(closed);
      closed.end({ timeout: 1 }).catch(() => undefined);
    }, LINGER_MS);
    timer.unref();
    old.set(closed, timer);
  };

  const end = async (how?: { timeout?: number }) => {
    isEnding = true;
    for (const timer of old.values()) clearTimeout(timer);
    await Promise.all([current, ...old.keys()].map((pool) => pool.end(how)));
  };

  return new Proxy(current, {
    apply: (_target, _self, query) => Reflect.apply(current, undefined, query),
    get: (_target, key) => (key === 'end' ? end : Reflect.get(current, key)),
  });
}

function openPool(uri: string, { maxConnections = 10 }: DatabaseOptions, onClosed: () => void): postgres.Sql {
  let isOpened = false;
  return postgres(uri, {
    max: maxConnections,
    connect_timeout: 5,
    // The library's own waits up to 20 s after a few failures, which would outlast every outage of the database by as much.
    backoff: (failures: number) => Math.min(0.05 * 2 ** Math.min(failures, 4), 0.5),
    // Asking each new connection for the array types would end the process when the connection dies meanwhile: nobody handles that answer. So
    // parameters are no arrays here.
    fetch_types: false,
    onnotice: () => undefined,
    // The server tells its parameters when a connection opens, the one thing by which the library lets us see that.
    onparameter: () => {
      isOpened = true;
    },
    onclose: () => {
      if (isOpened) onClosed();
      isOpened = false;
    },
    connection: { application_name: 'vice' },
  });
}
