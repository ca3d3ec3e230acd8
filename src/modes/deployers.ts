import { createDeployerClient, type DeployerClient } from '../adapters/deployer-client/deployer-client.ts';
import { type Line, lineWith } from '../adapters/deployer-client/line.ts';
import type { ClusterEntry } from '../cluster-registry/ports.ts';
import type { ClusterId } from '../schema/ids.ts';

type Reached = Pick<ClusterEntry, 'id' | 'deployer_url' | 'tls'>;

interface Secured {
  readonly client: DeployerClient;
  readonly line: Line;
  /** What they were made of. */
  readonly key: string;
}

/**
 * One client for each address, kept as long as the process: what it knows of the deployer's life outlasts every change of the cluster's row. A cluster
 * with certificates has one of its own; when these change, new requests use the new ones at once, and the old connections are closed.
 */
export function deployers(): (cluster: Reached) => DeployerClient {
  const shared = new Map<string, DeployerClient>();
  const secured = new Map<ClusterId, Secured>();
  return ({ id, deployer_url: url, tls }) => {
    if (tls === undefined) {
      secured.get(id)?.line.close();
      secured.delete(id);
      return kept(shared, url, () => createDeployerClient(url));
    }
    const key = `${tls.digest} ${url}`;
    const known = secured.get(id);
    if (known?.key === key) return known.client;
    known?.line.close();
    const line = lineWith(tls);
    const client = createDeployerClient(url, {}, Date.now, line);
    secured.set(id, { client, line, key });
    return client;
  };
}

function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  map.set(key, fresh);
  return fresh;
}
