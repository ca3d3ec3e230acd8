import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { NewCluster } from '../src/schema/cluster.ts';
import type { ClusterProfile } from '../src/schema/cluster-profile.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { type Contender, wholeVice } from './contenders.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { type BenchDatabase, openDatabase } from './database.ts';
import { mutualTrust } from './mutual-trust.ts';
import { accepts, freePort } from './ports.ts';
import type { Program } from './program.ts';
import { startVice, type ViceProcess } from './vice-process.ts';

/** A coordinator and the deployer of the cluster, each in a process of its own, on a new database. */
export interface VicePair {
  readonly coordinator: ViceProcess;
  readonly deployer: ViceProcess;
  readonly database: BenchDatabase;
  /** Between coordinator and database. */
  readonly proxy: CountingProxy;
  readonly contender: Contender;
  /** Command lines, for starting more of the same; a port is still to be added. */
  readonly coordinatorArguments: readonly string[];
  readonly deployerArguments: readonly string[];
  stop(): Promise<void>;
}

/** How a pair differs from the usual one. */
export interface PairVariant {
  /** The coordinator reaches PostgreSQL through the counting proxy, which costs it some time. @default false */
  readonly isCounted?: boolean;
  /** The cluster is registered with it. @default {} */
  readonly profile?: ClusterProfile;
  /** They speak mutual TLS. @default false */
  readonly isMutual?: boolean;
}

export interface PairOptions extends PairVariant {
  readonly program: Program;
  readonly folder: string;
  readonly kubeconfig: string;
}

export async function startPair({ program, folder, kubeconfig, isCounted = false, profile = {}, isMutual = false }: PairOptions): Promise<VicePair> {
  const database = await openDatabase();
  const proxy = await startCountingProxy(database.port);
  const uri = isCounted ? database.uri.replace(`:${database.port}/`, `:${proxy.port}/`) : database.uri;
  const trust = isMutual ? await mutualTrust(folder) : undefined;
  const probePort = await freePort(); // listened on with mutual TLS only
  const deployerArguments = ['--mode=standalone', '--kubeconfig', kubeconfig, '--probe-port', String(probePort), ...(trust?.deployerArguments ?? [])];
  const coordinatorArguments = ['--mode=coordinator', '--config', await writeConfiguration(folder, uri), ...(trust?.coordinatorArguments ?? [])];
  const deployer = await startVice(program, 'deployer', folder, deployerArguments);
  if (trust) await accepts(probePort, 30_000);
  const coordinator = await startVice(program, 'coordinator', folder, coordinatorArguments);
  await Promise.all([isReady(trust ? `http://127.0.0.1:${probePort}` : deployer.url), isReady(coordinator.url)]);
  const deployer_url = trust ? deployer.url.replace('http:', 'https:') : deployer.url;
  await register(coordinator.url, { name: 'bench', deployer_url, profile, ...trust?.certificates });
  return {
    coordinator,
    deployer,
    database,
    proxy,
    contender: wholeVice(coordinator.url, database),
    coordinatorArguments,
    deployerArguments,
    stop: async () => {
      await coordinator.stop();
      await deployer.stop();
      proxy.stop();
      await database.close();
    },
  };
}

/** The configuration of a coordinator as app-exposer's sample has it, with the database of this run. */
export async function writeConfiguration(folder: string, uri: string): Promise<string> {
  const file = join(folder, 'coordinator.yaml');
  const configuration = {
    db: { uri },
    irods: { zone: 'cyverse' },
    k8s: { frontend: { base: 'https://cyverse.run' } },
    interapps: { proxy: { tag: 'latest' } },
    vice: { use_csi_driver: true, 'file-transfers': { image: 'harbor.example.org/de/vice-file-transfers', tag: 'latest' } },
    path_list: { file_identifier: '# application/vnd.de.multi-input-path-list+csv; version=1' },
    keycloak: { base: 'https://keycloak.example.org', realm: 'CyVerse', 'client-id': 'vice' },
  };
  await writeFile(file, stringify(configuration), { mode: 0o600 });
  return file;
}

/** Both listen before they have prepared what requests need. */
export async function isReady(url: string): Promise<void> {
  const ask = async () => {
    const answer = await fetch(`${url}/readyz`);
    await answer.text();
    return answer.ok;
  };
  await waitFor(ask, { timeoutMs: 60_000, what: `${url} to be ready` });
}

export async function register(coordinator: string, cluster: NewCluster): Promise<void> {
  const body = JSON.stringify(cluster);
  const created = await fetch(`${coordinator}/api/v1/clusters`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  const text = await created.text();
  if (!created.ok) throw new Error(`the cluster could not be registered: ${created.status} ${text}`);
}
