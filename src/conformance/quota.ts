import { type Bench, clusterOf } from './case.ts';
import { waitFor } from './wait-for.ts';

const COUNTED_MS = 20_000;

/** Puts a quota upon the whole namespace, for this case and nobody else, and gives what takes it away before the case ends. */
export async function withQuota(bench: Bench, name: string, hard: Readonly<Record<string, string>>): Promise<() => Promise<void>> {
  const cluster = clusterOf(bench);
  const path = cluster.path('ResourceQuota', name);
  const lift = () => cluster.kube.delete(path);
  bench.afterwards(lift);
  await cluster.kube.create(cluster.collection('ResourceQuota'), { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard } });
  const isCounted = async () => JSON.stringify(await cluster.get('ResourceQuota', name)).includes('"used"');
  await waitFor(isCounted, { timeoutMs: COUNTED_MS, what: 'the quota to be counted', signal: bench.signal });
  return lift;
}
