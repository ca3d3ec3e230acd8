import type { AssignmentStore } from '../../coordinator/ports.ts';
import type { StoreContext } from './assignments/context.ts';
import { followingUp } from './assignments/jobs.ts';
import { leasing } from './assignments/leases.ts';
import { placing } from './assignments/placement.ts';
import { removing } from './assignments/removals.ts';
import { reserving } from './assignments/reserve.ts';
import type { Database } from './database.ts';
import { platformTables } from './platform-tables.ts';

export interface AssignmentStoreOptions {
  /** Names this process as the holder of its leases; no other process, earlier or later, may have the same. */
  readonly owner: string;
  /** How long others leave a row alone that this process has not renewed. */
  readonly leaseMs: number;
  /**
   * Where leases are renewed, if not where all else is done: behind a thousand launches at once the renewal would wait for its turn until others took this process for
   * dead.
   */
  readonly leaseDb?: Database;
}

/** The table `vice_deployments`. A launch costs four statements: two to reserve, one to place, one to mark applied; none waits for another. */
export function assignmentStore(db: Database, { leaseDb = db, ...options }: AssignmentStoreOptions): AssignmentStore {
  const context: StoreContext = { db, ...options, platform: platformTables(db) };
  return { ...reserving(context), ...placing(context), ...removing(context), ...leasing({ ...context, db: leaseDb }), ...followingUp(context) };
}
