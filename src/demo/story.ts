import { setTimeout as delay } from 'node:timers/promises';
import { Cluster } from '../schema/cluster.ts';
import { type Asking, ask, documentIn, UnexpectedAnswerError } from './ask.ts';
import type { JobRecord } from './discovery-environment.ts';
import type { Narrator } from './narrator.ts';
import type { Sighting, Sightings } from './sightings.ts';
import type { Stage } from './stage.ts';

export interface Telling {
  readonly stage: Stage;
  readonly sightings: Sightings;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}

const json = 'application/json';

/** Registers every cluster at the coordinator. Gives their ids by name. @throws UnexpectedAnswerError when a deployer does not reach its cluster */
export async function registerClusters({ stage, narrator, signal }: Telling): Promise<ReadonlyMap<string, string>> {
  const url = `${stage.coordinatorUrl}/api/v1/clusters`;
  const ids = new Map<string, string>();
  for (const { name, deployerUrl, priority, profile } of stage.clusters) {
    await reachesItsCluster(deployerUrl, signal);
    const body = { name, deployer_url: deployerUrl, priority, profile };
    ids.set(name, documentIn(Cluster, 'POST /api/v1/clusters', await ask('POST', url, { body, signal })).id);
  }
  const [first, ...others] = stage.clusters.map(({ name }) => name);
  const order = others.length === 0 ? '' : `, ${first} is asked first`;
  narrator.step('registered', `${list(stage.clusters.map(({ name }) => name))}${order}`, `POST ${url}`);
  return ids;
}

async function reachesItsCluster(deployerUrl: string, signal: AbortSignal): Promise<void> {
  const answer = await ask('GET', `${deployerUrl}/api/v1/health`, { signal });
  if (answer.status !== 200) throw new UnexpectedAnswerError("the deployer's GET /api/v1/health", answer);
}

/** Launches the example as the platform would, and waits until its pod is ready. Gives the last sighting; it may not be ready. */
export async function launch({ stage, sightings, narrator, signal }: Telling): Promise<Sighting> {
  const { body, coordinatorUrl, environment, startLimitMs } = stage;
  const { uuid: external_id, name, user_id, username } = body;
  await environment.announce({ external_id, name, user_id, username });
  const url = `${coordinatorUrl}/vice/launch`;
  narrator.step('launch', `${name} of ${username}`, `POST ${url}`);
  const answer = await ask('POST', url, { body, signal });
  if (answer.status !== 200) throw new UnexpectedAnswerError('POST /vice/launch', answer);
  narrator.step('applied', `every object stands in its cluster, answered in ${answer.tookMs.toFixed(0)} ms`);
  const isOurs = (sighting: Sighting) => sighting.external_id === external_id;
  const isReady = (sighting: Sighting) => isOurs(sighting) && sighting.status?.phase === 'running' && sighting.status.url_ready;
  const seen = await sightings.until(isReady, 'the pod to be ready', startLimitMs, signal).catch((err: unknown) => {
    signal.throwIfAborted();
    narrator.failure(err instanceof Error ? err.message : String(err), 'what the cluster says of it is above');
    return sightings.until(isOurs, 'a deployer to tell of the analysis', 5000, signal);
  });
  const record = await poll<JobRecord>(() => environment.jobOf(external_id), "the coordinator's entry in jobs", 10_000, signal);
  narrator.step('recorded', `jobs: cluster ${record.cluster ?? '-'}, ${record.millicores} millicores`);
  return seen;
}

/** Opens the page of the analysis, as a browser would. */
export async function visit({ stage, narrator, signal }: Telling, wanted: { readonly status: number; readonly text: string }): Promise<void> {
  const { pagePort, subdomain } = stage;
  if (pagePort === undefined) return;
  const url = `http://${subdomain}.localhost:${pagePort}/`;
  const asking: Asking = { headers: { host: `${subdomain}.localhost:${pagePort}` }, signal };
  const isWanted = async () => {
    const answer = await ask('GET', `http://127.0.0.1:${pagePort}/`, asking);
    return answer.status === wanted.status && answer.text.includes(wanted.text) ? answer : undefined;
  };
  const { status, text } = await poll(isWanted, `${url} to answer ${wanted.status}`, 5000, signal);
  narrator.step('visited', `${url} answered ${status}: ${/<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? ''}`);
}

/** Says where the analysis runs, and how to open it, look at it and end it. Every line can be copied. */
export function explain({ stage, narrator }: Telling, { cluster }: Sighting, ids: ReadonlyMap<string, string>): void {
  const { clusters, coordinatorUrl, pagePort, subdomain, body, bodyFile } = stage;
  const home = clusters.find(({ name }) => name === cluster);
  if (home === undefined) return;
  const { uuid } = body;
  const kinds = counted(home.kindsOf?.(uuid) ?? []);
  narrator.section('Where it runs', `cluster ${cluster}, namespace ${home.namespace}`, ...(kinds === '' ? [] : [kinds]));
  const host = `${subdomain}.localhost:${pagePort}`;
  const open = pagePort === undefined ? home.openInside(uuid) : [`http://${host}/`, `curl -s -H 'Host: ${host}' http://127.0.0.1:${pagePort}/`];
  narrator.section('Open it', ...open);
  narrator.section(
    'Look at it',
    `curl -s ${home.deployerUrl}/api/v1/deployments/${uuid}/status`,
    `curl -s ${home.deployerUrl}/api/v1/deployments/${uuid}/url-ready`,
    `curl -s ${coordinatorUrl}/api/v1/clusters`,
    ...home.lookInside(uuid),
  );
  narrator.section('End it', `curl -s -X POST ${coordinatorUrl}/vice/${uuid}/exit`);
  if (clusters.length > 1) {
    narrator.section(
      `Take ${cluster} out: the next launch goes elsewhere`,
      `curl -s -X POST ${coordinatorUrl}/api/v1/clusters/${ids.get(cluster)}/disable`,
    );
  }
  narrator.section(
    'The same with the binary, after npm run build',
    `export VICE_COORDINATOR=${coordinatorUrl}`,
    'dist/vice clusters list',
    `dist/vice status ${uuid}`,
    `dist/vice logs ${uuid}`,
  );
  if (bodyFile) narrator.section('Launch it again', `curl -s -H 'Content-Type: ${json}' -d @${bodyFile} ${coordinatorUrl}/vice/launch`);
}

/** Ends the analysis and waits until no cluster has anything of it. */
export async function end({ stage, sightings, narrator, signal }: Telling): Promise<void> {
  const { coordinatorUrl, clusters, body } = stage;
  const url = `${coordinatorUrl}/vice/${body.uuid}/exit`;
  narrator.step('exit', body.name, `POST ${url}`);
  const answer = await ask('POST', url, { signal });
  if (answer.status !== 200) throw new UnexpectedAnswerError('POST exit', answer);
  const isGone = async () => {
    const asked = clusters.map(({ deployerUrl }) => ask('GET', `${deployerUrl}/api/v1/deployments/${body.uuid}/status`, { signal }));
    const answers = await Promise.all(asked);
    return !sightings.isPresent(body.uuid) && answers.every(({ status }) => status === 404) ? true : undefined;
  };
  await poll(isGone, 'the analysis to be gone', 60_000, signal);
}

async function poll<T>(look: () => Promise<T | undefined>, what: string, timeoutMs: number, signal: AbortSignal): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error(`waited ${timeoutMs / 1000} s in vain for ${what}`);
    await delay(50, undefined, { signal });
  }
}

/** `3 ConfigMaps, Deployment, ...` */
function counted(kinds: readonly string[]): string {
  const groups = Object.entries(Object.groupBy(kinds, (kind) => kind)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return groups.map(([kind, all = []]) => (all.length === 1 ? kind : `${all.length} ${kind}s`)).join(', ');
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
