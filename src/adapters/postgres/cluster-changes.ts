import type { ClusterChanges } from '../../cluster-registry/ports.ts';
import { ask } from './ask.ts';
import { openDatabase } from './database.ts';

/** The channel of the trigger of `vice_clusters`. */
export const CLUSTERS_CHANGED = 'vice_clusters_changed';

/**
 * Listens to the trigger of `vice_clusters` on a connection of its own, which must lead to the server itself: a pooler gives the connection to
 * somebody else after each statement.
 */
export function clusterChanges(uri: string): ClusterChanges {
  const db = openDatabase(uri, { maxConnections: 1 });
  return {
    async listen(changed) {
      // The library makes the connection anew whenever it is lost, and then says so through the same callback.
      await ask(() => db.listen(CLUSTERS_CHANGED, changed, changed), {
        what: 'tell of changes of the clusters',
        signal: new AbortController().signal,
      });
    },
    stop: () => db.end({ timeout: 1 }),
  };
}
