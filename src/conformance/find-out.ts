import { UnavailableError } from '../errors/errors.ts';
import { check } from '../schema/check.ts';
import { Problem } from '../schema/problem.ts';
import { ContractBreachError } from './breach.ts';
import type { Need } from './case.ts';
import { DeployerClient, type Endpoint } from './deployer-client.ts';
import type { Ground } from './run-case.ts';

/** A deployer that is in working order says 200; one that does not reach its kube-apiserver, 503. */
const OF_A_DEPLOYER: readonly number[] = [200, 503];

/**
 * What cases may need and this ground has. Nothing is written.
 *
 * @throws UnavailableError when no deployer answers; whatever the cluster's access throws when the cluster cannot be asked
 */
export async function findOut(ground: Ground, isExclusive: boolean, signal: AbortSignal): Promise<ReadonlySet<Need>> {
  const { deployer, other, cluster, template } = ground;
  await Promise.all([deployer, other].filter((one) => one !== undefined).map((one) => greet(one, signal)));
  const has = new Set<Need>([(await isService(new DeployerClient(deployer, signal))) ? 'service' : 'function']);
  if (other) has.add('second');
  if (isExclusive) has.add('exclusive');
  if (template.persistent_volumes.length > 0) has.add('volume');
  if (cluster === undefined) return has;
  await cluster.kube.find(cluster.collection('ConfigMap'));
  has.add('cluster');
  // A simulated kube-apiserver serves what an analysis consists of, and no quotas.
  if (await cluster.kube.find(cluster.collection('ResourceQuota'))) has.add('controllers');
  return has;
}

async function greet(endpoint: Endpoint, signal: AbortSignal): Promise<void> {
  const response = await new DeployerClient(endpoint, signal).get('/api/v1/health').catch((err: unknown) => {
    const why = err instanceof Error ? err.message : String(err);
    throw new UnavailableError(`no deployer answers at ${endpoint.url}: ${why}${hintFor(endpoint)}`);
  });
  const { status } = response;
  const text = await response.text();
  if (OF_A_DEPLOYER.includes(status)) return;
  const said = detailIn(text) ?? 'and a deployer says 200 or 503';
  throw new UnavailableError(`no deployer answers at ${endpoint.url}: GET /api/v1/health is ${status}, ${said}`);
}

/** A broken handshake does not say whose certificate it was about. */
function hintFor({ url, tls }: Endpoint): string {
  if (!url.startsWith('https:')) return '';
  const authority = tls?.ca === undefined ? '; --ca-cert names the authority of its certificate' : '';
  const own = tls?.cert === undefined ? '; if it wants a client certificate: --client-cert and --client-key' : '';
  return authority + own;
}

/** What a deployer says that does not let everybody in. */
function detailIn(text: string): string | undefined {
  try {
    const checked = check(Problem, JSON.parse(text));
    return checked.ok ? checked.value.detail : undefined;
  } catch {
    // It is no JSON, so it is not a deployer's.
    return undefined;
  }
}

/** A function tells everything each time: it does not know what it told before. */
async function isService(deployer: DeployerClient): Promise<boolean> {
  try {
    const { revision } = (await deployer.list()).body;
    const { status, body } = await deployer.list(`?since=${encodeURIComponent(revision)}&wait=0`);
    return status === 304 || (status === 200 && !body.full);
  } catch (err) {
    if (err instanceof ContractBreachError) return true; // the cases say more about it
    throw err;
  }
}
