import { type AskOptions, ask } from '../ask.ts';
import type { Database } from '../database.ts';
import type { PlatformTables } from '../platform-tables.ts';

/** What every part of the assignment store works with. */
export interface StoreContext {
  readonly db: Database;
  /** Who holds the leases that are taken here: one name for each process, never used again. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly platform: PlatformTables;
}

/** Sends one statement that answers with rows, as {@link ask} does. */
export function rows<T>(statement: () => PromiseLike<T>, what: string, signal: AbortSignal, options?: Pick<AskOptions, 'repeatable'>): Promise<T> {
  return ask(async () => statement(), { what, signal, ...options });
}

/** When a lease that is taken now ends. The clock is read then and not at the start of the statement, which may have waited for a lock. */
export function leaseEnd({ db, leaseMs }: StoreContext) {
  return db`clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'`;
}
