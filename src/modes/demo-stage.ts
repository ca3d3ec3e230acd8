import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { loadCoordinatorConfig } from '../config/coordinator.ts';
import { createDiscoveryEnvironment, USER_SUFFIX } from '../demo/discovery-environment.ts';
import { startEmbeddedPostgres } from '../demo/embedded-postgres.ts';
import type { LaunchBody, Stage } from '../demo/stage.ts';
import { subdomainOf } from '../spec-builder/subdomain.ts';
import { startCoordinator } from './coordinator.ts';
import { openAdapters } from './coordinator-adapters.ts';
import { hermetic, type StageDeps, sandboxClusters, yourCluster } from './demo-clusters.ts';

/** The coordinator makes its tables in this time, or something is wrong with the machine. */
const START_LIMIT_MS = 20_000;
const bodyFile = join(import.meta.dir, '../demo/example.json');

/** Starts everything that the story needs, with command lines for a shell in `folder`. What was started is on the stack, also when this throws. */
export async function setStage(deps: StageDeps, folder: string): Promise<Stage> {
  const { options, narrator, stack, signal } = deps;
  const server = await startEmbeddedPostgres();
  stack.defer(server.stop);
  signal.throwIfAborted();
  const environment = await createDiscoveryEnvironment(server.uri);
  stack.defer(environment.close);
  narrator.step('PostgreSQL', `127.0.0.1:${server.port}, with the tables of the Discovery Environment`);

  const home = options.cluster ? await yourCluster(deps, options.cluster) : await sandboxClusters(deps);
  signal.throwIfAborted();
  const frontendBase = `http://localhost${home.pagePort === undefined ? '' : `:${home.pagePort}`}`;
  const config = loadCoordinatorConfig([...hermetic, '--user-suffix', USER_SUFFIX], coordinatorEnvironment(environment.uri, frontendBase));
  const coordinatorLog = deps.logFor('coordinator');
  const coordinator = startCoordinator(config, coordinatorLog, openAdapters(config, coordinatorLog));
  stack.defer(coordinator.stop);
  await beforeAbort(coordinator.prepared, AbortSignal.any([signal, AbortSignal.timeout(START_LIMIT_MS)]));
  narrator.step('coordinator', coordinator.url);

  const example: LaunchBody = JSON.parse(await readFile(bodyFile, 'utf8')); // the repository's own file
  // In a cluster of somebody else the example's own id may be taken, by another demo for instance.
  const body = options.cluster ? { ...example, uuid: randomUUID() } : example;
  return {
    ...home,
    coordinatorUrl: coordinator.url,
    environment,
    body,
    ...(options.cluster ? {} : { bodyFile: quoted(relative(folder, bodyFile)) }),
    subdomain: subdomainOf(body.user_id, body.uuid),
    startLimitMs: options.cluster ? 120_000 : 15_000,
  };
}

function coordinatorEnvironment(dbUri: string, frontendBase: string): Readonly<Record<string, string>> {
  return {
    DISCOENV_DB_URI: dbUri,
    DISCOENV_IRODS_ZONE: 'cyverse',
    DISCOENV_K8S_FRONTEND_BASE: frontendBase,
    DISCOENV_VICE_USE_CSI_DRIVER: 'true',
    DISCOENV_VICE_FILE_TRANSFERS_TAG: 'latest',
    DISCOENV_INTERAPPS_PROXY_TAG: 'latest',
    DISCOENV_PATH_LIST_FILE_IDENTIFIER: '# application/vnd.de.multi-input-path-list+csv; version=1',
    DISCOENV_KEYCLOAK_BASE: 'https://keycloak.example.org',
    DISCOENV_KEYCLOAK_REALM: 'example',
    DISCOENV_KEYCLOAK_CLIENT_ID: 'vice',
  };
}

/** A path as a shell reads it. */
function quoted(path: string): string {
  return /^[-./\w]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** @throws the signal's reason when that comes first */
function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}
