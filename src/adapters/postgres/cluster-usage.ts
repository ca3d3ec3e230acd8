import type { UsageRow, UsageStore } from '../../cluster-registry/usage.ts';
import { ask } from './ask.ts';
import type { Database } from './database.ts';

/** Counts what `vice_has_room` counts, of all clusters at once. */
export function clusterUsage(db: Database): UsageStore {
  return {
    usage: (signal) =>
      ask(
        async () => db<UsageRow[]>`
          SELECT cluster_id, image, count(*)::int AS slots, sum(cpu_millicores)::float8 AS cpu_millicores,
                 sum(memory_bytes)::float8 AS memory_bytes, sum(gpus)::float8 AS gpus
          FROM vice_deployments
          WHERE cluster_id IS NOT NULL AND (state NOT IN ('stopped', 'failed') OR removal_due IS NOT NULL)
          GROUP BY cluster_id, image`,
        { what: 'count what runs in the clusters', signal, repeatable: true },
      ),
  };
}
