import { setTimeout as delay } from 'node:timers/promises';
import { DeploymentList, type DeploymentStatus } from '../schema/deployment-status.ts';
import type { ExternalId } from '../schema/ids.ts';
import { ask, documentIn } from './ask.ts';

/** An analysis as the deployer of a cluster last told of it. */
export interface Sighting {
  readonly cluster: string;
  readonly external_id: ExternalId;
  /** Absent: the cluster has nothing of it any more. */
  readonly status?: DeploymentStatus;
}

/** What is in the clusters, as their deployers tell it. */
export interface Sightings {
  /** The first sighting, seen or to come, that is wanted. @throws Error after `timeoutMs`; the signal's reason */
  until(isWanted: (sighting: Sighting) => boolean, what: string, timeoutMs: number, signal: AbortSignal): Promise<Sighting>;
  /** What is in any cluster now of this analysis. */
  isPresent(externalId: string): boolean;
  /** Ends when the signal of `follow` aborts. */
  readonly ended: Promise<void>;
}

const WAIT_SECONDS = 20;
const AFTER_FAILURE_MS = 300;

/** Asks each deployer for its list again and again, each time for what changed since, and tells every change once. */
export function follow(
  clusters: readonly { readonly name: string; readonly deployerUrl: string }[],
  tell: (sighting: Sighting) => void,
  signal: AbortSignal,
): Sightings {
  const last = new Map<string, Sighting>();
  const listeners = new Set<() => void>();
  const see = (sighting: Sighting) => {
    const key = `${sighting.cluster} ${sighting.external_id}`;
    if (sighting.status === undefined && last.get(key)?.status === undefined) return;
    last.set(key, sighting);
    tell(sighting);
    for (const listener of listeners) listener();
  };
  const ended = Promise.all(clusters.map(({ name, deployerUrl }) => followOne(name, deployerUrl, see, signal))).then(() => undefined);
  const until: Sightings['until'] = (isWanted, what, timeoutMs, stop) =>
    new Promise((resolve, reject) => {
      const over = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
      const look = () => {
        const found = [...last.values()].find(isWanted);
        if (found === undefined) return;
        finish();
        resolve(found);
      };
      const fail = () => {
        finish();
        reject(stop.aborted ? stop.reason : new Error(`waited ${timeoutMs / 1000} s in vain for ${what}`));
      };
      const finish = () => {
        listeners.delete(look);
        over.removeEventListener('abort', fail);
      };
      listeners.add(look);
      over.addEventListener('abort', fail);
      look();
      if (over.aborted) fail();
    });
  const isPresent = (externalId: string) => [...last.values()].some(({ external_id, status }) => external_id === externalId && status !== undefined);
  return { until, isPresent, ended };
}

async function followOne(cluster: string, deployerUrl: string, see: (sighting: Sighting) => void, signal: AbortSignal): Promise<void> {
  let since = '';
  let present = new Set<ExternalId>();
  while (!signal.aborted) {
    try {
      const url = `${deployerUrl}/api/v1/deployments?wait=${WAIT_SECONDS}${since === '' ? '' : `&since=${encodeURIComponent(since)}`}`;
      const answer = await ask('GET', url, { signal, timeoutMs: (WAIT_SECONDS + 10) * 1000 });
      if (answer.status === 304) continue;
      const { revision, full, items, removed } = documentIn(DeploymentList, `GET ${url}`, answer);
      since = revision;
      const listed = new Set(items.map(({ external_id }) => external_id));
      const gone = full ? [...present].filter((id) => !listed.has(id)) : removed;
      present = new Set([...present, ...listed].filter((id) => !gone.includes(id)));
      for (const status of items) see({ cluster, external_id: status.external_id, status });
      for (const external_id of gone) see({ cluster, external_id });
    } catch {
      // A deployer that does not answer now is asked again; whoever waits for something has a limit of their own.
      await delay(AFTER_FAILURE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
