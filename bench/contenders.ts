import type { BenchDatabase } from './database.ts';
import { launchBody, specOf, userOf } from './example.ts';
import { floorOf } from './floor.ts';
import type { KubeConnection } from './kube-connection.ts';

/** One launch that is ready to start. */
export interface Launch {
  readonly externalId: string;
  /** @throws when it fails */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** A way to bring an analysis into the cluster. */
export interface Contender {
  readonly name: 'floor' | 'floor in order' | 'deployer alone' | 'vice';
  /** Everything that is not to be timed. */
  prepare(): Promise<Launch>;
}

/** The same objects created straight at the kube-apiserver: all at once, or in the order that an analysis needs to start at once, which costs the same whoever keeps it. */
export function bareClient(kube: KubeConnection, manner: 'at once' | 'in order'): Contender {
  const floor = floorOf(kube);
  return {
    name: manner === 'at once' ? 'floor' : 'floor in order',
    prepare: async () => {
      const externalId = crypto.randomUUID();
      const requests = floor.prepare(externalId);
      const start = () => (manner === 'at once' ? floor.create(requests) : floor.createInOrder(requests));
      return { externalId, start, remove: () => floor.remove(requests) };
    },
  };
}

/** Launched by a deployer, whose anchor owns the others, and removed straight at the kube-apiserver. */
export function bareRemoval(kube: KubeConnection, url: string): Contender {
  const floor = floorOf(kube);
  const deployer = deployerAlone(url);
  return {
    name: 'floor',
    prepare: async () => {
      const { externalId, start } = await deployer.prepare();
      const requests = floor.prepare(externalId);
      return { externalId, start, remove: () => floor.removeByAnchor(requests) };
    },
  };
}

/** The finished spec sent to a deployer: a launch without the coordinator's part. */
export function deployerAlone(url: string): Contender {
  return {
    name: 'deployer alone',
    prepare: async () => {
      const externalId = crypto.randomUUID();
      const body = JSON.stringify(specOf(externalId));
      const deployment = `${url}/api/v1/deployments/${externalId}`;
      return { externalId, start: () => send('POST', `${url}/api/v1/deployments`, body), remove: () => send('DELETE', deployment) };
    },
  };
}

/** `POST /vice/launch`, each time by another user. */
export function wholeVice(url: string, database: BenchDatabase): Contender {
  let launches = 0;
  return {
    name: 'vice',
    prepare: async () => {
      const externalId = crypto.randomUUID();
      const user = userOf(launches++);
      await database.addJob(externalId, user);
      const body = launchBody(externalId, user);
      const remove = () => send('POST', `${url}/vice/${externalId}/exit`);
      return { externalId, start: () => send('POST', `${url}/vice/launch`, body), remove };
    },
  };
}

async function send(method: string, url: string, body?: string): Promise<void> {
  const response = await fetch(url, { method, ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
}
