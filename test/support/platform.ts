import type { Logger } from 'pino';
import postgres from 'postgres';
import { loadCoordinatorConfig } from '../../src/config/coordinator.ts';
import { loadDeployerConfig } from '../../src/config/deployer.ts';
import type { Patience } from '../../src/coordinator/patience.ts';
import { type SandboxCluster, startSandboxCluster } from '../../src/demo/sandbox-cluster.ts';
import { type Coordinator, startCoordinator } from '../../src/modes/coordinator.ts';
import { openAdapters } from '../../src/modes/coordinator-adapters.ts';
import { createStandalone } from '../../src/modes/standalone.ts';
import { check } from '../../src/schema/check.ts';
import { Cluster } from '../../src/schema/cluster.ts';
import { capturedLog } from './captured-log.ts';
import { type InterceptingProxy, startInterceptingProxy } from './intercepting-proxy.ts';
import { waitFor } from './wait-for.ts';

const NAMESPACE = 'vice-apps';
const local = ['--hostname', '127.0.0.1', '--port', '0', '--dotenv-path', '/dev/null'];

/** The configuration of a coordinator in a test: that of the golden specs, with this database. */
export function coordinatorConfig(dbUri: string, ...flags: readonly string[]) {
  const file = `${import.meta.dir}/../golden/config.yaml`;
  return loadCoordinatorConfig(['--config', file, ...local, '--log-level', 'info', ...flags], { DISCOENV_DB_URI: dbUri });
}

export interface RunOptions {
  readonly patience?: Patience;
  readonly log?: Logger;
  /** @default '1' */
  readonly drainSeconds?: string;
  /** More of the command line. */
  readonly flags?: readonly string[];
  /** How often the clusters are asked how they are. @default as in production */
  readonly probeEveryMs?: number;
}

/** A coordinator in this process that is prepared. */
export async function runCoordinator(dbUri: string, options: RunOptions = {}): Promise<Coordinator> {
  const { patience, log = capturedLog().log, drainSeconds = '1', flags = [] } = options;
  const config = coordinatorConfig(dbUri, '--drain-seconds', drainSeconds, ...flags);
  const coordinator = startCoordinator(config, log, openAdapters(config, log, options.probeEveryMs), patience);
  await coordinator.prepared;
  return coordinator;
}

/** The configuration of a deployer in a test. @param port of 0 is any free one */
export function deployerConfig(kubeconfig: string, port = 0) {
  const flags = [...local, '--port', String(port), '--drain-seconds', '1', '--config', '/dev/null', '--vice-namespace', NAMESPACE];
  return loadDeployerConfig(flags, { VICE_KUBECONFIG: kubeconfig });
}

/** A sandbox cluster with its deployer, both real, and a proxy in front of the deployer through which the coordinator reaches it. */
export interface Site {
  readonly name: string;
  readonly sandbox: SandboxCluster;
  readonly proxy: InterceptingProxy;
  readonly deployerUrl: string;
  /** `Kind/name` of everything of the analysis that an administrator would have to clean up, tombstones left out. */
  objectsOf(externalId: string): string[];
  stop(): Promise<void>;
}

export async function startSite(name: string): Promise<Site> {
  const sandbox = startSandboxCluster({ name, namespaces: [NAMESPACE] });
  const deployer = createStandalone(deployerConfig(sandbox.kubeconfig), capturedLog().log);
  await deployer.connected;
  const proxy = await startInterceptingProxy(deployer.url);
  return {
    name,
    sandbox,
    proxy,
    deployerUrl: deployer.url,
    objectsOf: (externalId) => objectsIn(sandbox, externalId),
    stop: async () => {
      await proxy.stop();
      await deployer.stop();
      await sandbox.stop();
    },
  };
}

/** `Kind/name` of everything of the analysis that an administrator would have to clean up, tombstones left out. */
export function objectsIn(sandbox: SandboxCluster, externalId: string): string[] {
  return sandbox.api.store
    .all()
    .filter(({ metadata }) => metadata.name.includes(externalId) || metadata.labels?.['external-id'] === externalId)
    .filter((object) => !isTombstone(object))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    .sort();
}

/** What a fence leaves for ten minutes: an anchor that holds nothing. */
function isTombstone(object: { readonly kind: string; readonly [key: string]: unknown }): boolean {
  const { data } = object;
  return object.kind === 'ConfigMap' && typeof data === 'object' && data !== null && 'fenced' in data && !('spec_hash' in data);
}

/** Registers clusters with these deployers, the first one the first to be asked. Gives their ids. */
export async function register(coordinatorUrl: string, sites: readonly { name: string; url: string; profile?: object }[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, { name, url, profile = {} }] of sites.entries()) {
    const answer = await send(`${coordinatorUrl}/api/v1/clusters`, { name, deployer_url: url, priority: index, profile });
    if (answer.status !== 201) throw new Error(`${name} was not registered: ${await answer.text()}`);
    const cluster = check(Cluster, await answer.json());
    if (!cluster.ok) throw new Error(`${name}: ${JSON.stringify(cluster.faults)}`);
    ids.push(cluster.value.id);
  }
  return ids;
}

/** Waits until the coordinator has found the cluster well at a moment after the call: one that was away is no candidate until it is seen again. */
export async function untilHealthy(coordinatorUrl: string, clusterId: string): Promise<void> {
  const called = Date.now();
  const isWell = async () => {
    const cluster = check(Cluster, await (await fetch(`${coordinatorUrl}/api/v1/clusters/${clusterId}`)).json());
    return cluster.ok && cluster.value.status === 'healthy' && Date.parse(cluster.value.last_health_check ?? '') > called;
  };
  await waitFor(isWell, { timeoutMs: 60_000, what: `cluster ${clusterId} to be seen` });
}

export function send(url: string, body?: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', signal: AbortSignal.timeout(60_000), ...(body !== undefined && { headers, body: JSON.stringify(body) }) });
}

export interface Row {
  readonly external_id: string;
  readonly state: string;
  readonly attempt: number;
  readonly cluster_id: string | null;
  readonly reason: string | null;
  readonly details: { readonly message?: string; readonly clusters?: readonly object[] } | null;
  readonly removal_due: Date | null;
  readonly millicores: number;
}

/** What a test asks the database for. */
export function database(uri: string) {
  const sql = postgres(uri, { max: 2, onnotice: () => undefined });
  return {
    sql,
    row: async (externalId: string): Promise<Row | undefined> =>
      (await sql<Row[]>`SELECT * FROM vice_deployments WHERE external_id = ${externalId}`)[0],
    /** How much longer somebody's lease on the row lasts; 0 where nobody has one. */
    leasedMs: async (externalId: string): Promise<number> => {
      const [row] = await sql<{ ms: number }[]>`
        SELECT (extract(epoch FROM lease_until - now()) * 1000)::float8 AS ms FROM vice_deployments WHERE external_id = ${externalId}`;
      return Math.max(0, row?.ms ?? 0);
    },
    /** What the Discovery Environment writes of an interactive analysis. Gives `jobs.id`. */
    insertJob: async (externalId: string, status: string): Promise<string> => {
      const [job] = await sql<{ id: string }[]>`
        WITH the_user AS (INSERT INTO users (username) VALUES (${`${externalId}@example.org`}) RETURNING id),
             job AS (
               INSERT INTO jobs (job_name, job_type_id, user_id, status)
               SELECT 'a', t.id, u.id, ${status} FROM the_user u, job_types t WHERE t.system_id = 'interactive'
               RETURNING id, job_type_id),
             step AS (
               INSERT INTO job_steps (job_id, step_number, external_id, status, job_type_id, app_step_number)
               SELECT id, 1, ${externalId}, ${status}, job_type_id, 1 FROM job)
        SELECT id FROM job`;
      return job?.id ?? '';
    },
    close: () => sql.end({ timeout: 5 }),
  };
}
