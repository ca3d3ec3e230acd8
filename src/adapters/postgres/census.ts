import type { Census } from '../../coordinator/census.ts';
import { ask } from './ask.ts';
import type { Database } from './database.ts';

interface CountedState {
  readonly state: string;
  readonly has_ended: boolean;
  readonly count: number;
  readonly due: number;
  readonly waiting: number;
  readonly tombstones: number;
}

/** One count. Analyses that have ended are not touched, however many there are: the condition is that of the index `vice_deployments_cluster_idx`. */
export async function takeCensus(db: Database, signal: AbortSignal): Promise<Census> {
  // One row is there also when no analysis is.
  const statement = async () => db<CountedState[]>`
    SELECT coalesce(d.state, '') AS state, coalesce(d.state IN ('stopped', 'failed'), true) AS has_ended, count(d.state)::int AS count,
           count(*) FILTER (WHERE d.removal_due <= now())::int AS due, count(*) FILTER (WHERE d.removal_due > now())::int AS waiting, t.tombstones
    FROM (SELECT count(*)::int AS tombstones FROM vice_tombstones) t
    LEFT JOIN (SELECT state, removal_due FROM vice_deployments WHERE state NOT IN ('stopped', 'failed') OR removal_due IS NOT NULL) d ON true
    GROUP BY d.state, t.tombstones`;
  const counted = await ask(statement, { what: 'count analyses and removals', signal, repeatable: true });
  const sum = (of: (row: CountedState) => number) => counted.reduce((total, row) => total + of(row), 0);
  return {
    analyses: counted.filter(({ has_ended }) => !has_ended).map(({ state, count }) => ({ state, count })),
    removals_due: sum(({ due }) => due),
    removals_waiting: sum(({ waiting }) => waiting),
    tombstones: counted[0]?.tombstones ?? 0,
  };
}
