import { afterEach, expect, test } from 'bun:test';
import { type SandboxCluster, startSandboxCluster } from '../sandbox-cluster.ts';
import { configMap, volume } from './test-cluster.ts';

const path = '/api/v1/namespaces/vice-apps/configmaps';
const clusters: SandboxCluster[] = [];

afterEach(async () => {
  await Promise.all(clusters.splice(0).map((cluster) => cluster.stop()));
});

function start() {
  const cluster = startSandboxCluster({ name: 'sandbox' });
  clusters.push(cluster);
  const { token } = cluster;
  const send = (method: string, target: string, body?: unknown, type = 'application/json') =>
    fetch(cluster.url + target, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return { ...cluster, send };
}

/** The events of a watch, as they come. */
async function* events(response: Response) {
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line);
  }
}

async function take(response: Response, count: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const { type, object } of events(response)) {
    taken.push(`${type} ${object.metadata.name}`);
    if (taken.length === count) break;
  }
  return taken;
}

test('nobody gets in without the token of the kubeconfig', async () => {
  const { url } = start();
  const answer = await fetch(url + path);
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 });
});

test('an object is created, read, listed by label, applied and deleted', async () => {
  const { send } = start();
  const labelled = { ...configMap('one'), metadata: { name: 'one', labels: { app: 'x' } } };
  expect((await send('POST', path, labelled)).status).toBe(201);
  await send('POST', path, configMap('two'));
  const list = await (await send('GET', `${path}?labelSelector=app%3Dx`)).json();
  expect(list).toMatchObject({ kind: 'ConfigMapList', items: [{ kind: 'ConfigMap', metadata: { name: 'one', namespace: 'vice-apps' } }] });
  const apply = (name: string) => send('PATCH', `${path}/${name}?fieldManager=vice&force=true`, configMap(name), 'application/apply-patch+yaml');
  expect((await apply('one')).status).toBe(200);
  expect((await apply('three')).status).toBe(201);
  expect(await (await send('DELETE', `${path}/one`)).json()).toMatchObject({ kind: 'Status', status: 'Success' });
  expect((await send('GET', `${path}/one`)).status).toBe(404);
});

test('a watch goes on where a list ended, and sees each change once and in order', async () => {
  const { send, api } = start();
  await send('POST', path, configMap('before'));
  const { revision } = api.store;
  await send('POST', path, configMap('between'));
  const watch = await send('GET', `${path}?watch=true&resourceVersion=${revision}`);
  await send('POST', path, configMap('after'));
  await send('PATCH', `${path}/after`, { data: { a: 'b' } }, 'application/merge-patch+json');
  await send('DELETE', `${path}/between`);
  expect(await take(watch, 4)).toEqual(['ADDED between', 'ADDED after', 'MODIFIED after', 'DELETED between']);
});

test('a watch without a revision begins with what is there', async () => {
  const { send } = start();
  await send('POST', path, configMap('one'));
  expect(await take(await send('GET', `${path}?watch=true`), 1)).toEqual(['ADDED one']);
});

test('to a watch that selects, an object whose label goes is deleted', async () => {
  const { send, api } = start();
  const watch = await send('GET', `${path}?watch=true&labelSelector=app&resourceVersion=${api.store.revision}`);
  await send('POST', path, { ...configMap('one'), metadata: { name: 'one', labels: { app: 'x' } } });
  await send('PATCH', `${path}/one`, { metadata: { labels: { app: null } } }, 'application/merge-patch+json');
  expect(await take(watch, 2)).toEqual(['ADDED one', 'DELETED one']);
});

test('a watch from a revision that is forgotten is told 410', async () => {
  const { send, api } = start();
  await send('POST', path, configMap('one'));
  api.store.compact();
  const watch = await send('GET', `${path}?watch=true&resourceVersion=1001`);
  for await (const event of events(watch)) expect(event).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
});

test('what has no namespace is listed and watched as well', async () => {
  const { send } = start();
  const volumes = '/api/v1/persistentvolumes';
  await send('POST', volumes, volume('one'));
  expect(await (await send('GET', volumes)).json()).toMatchObject({ items: [{ metadata: { name: 'one' } }] });
  const watch = await send('GET', `${volumes}?watch=true`);
  await send('DELETE', `${volumes}/one`);
  expect((await take(watch, 2))[1]).toEndWith('one');
});

test('a watch that asks for bookmarks hears at once how far the cluster is', async () => {
  const { send, api } = start();
  const watch = await send('GET', `${path}?watch=true&allowWatchBookmarks=true&resourceVersion=${api.store.revision}`);
  for await (const { type, object } of events(watch)) {
    expect([type, object.kind, object.metadata.resourceVersion]).toEqual(['BOOKMARK', 'ConfigMap', String(api.store.revision)]);
    break;
  }
});

test('a watch ends when its time is up, and when the cluster ends', async () => {
  const { send, stop } = start();
  const watch = (query: string) => send('GET', `${path}?watch=true&resourceVersion=1002&${query}`);
  expect(await take(await watch('timeoutSeconds=1'), 99)).toEqual([]);
  const last = take(await watch(''), 99).catch(() => 'cut');
  await stop();
  expect(await last).toBeDefined();
});

test('what the deployer never asks is refused, not guessed', async () => {
  const { send } = start();
  expect(await (await send('GET', '/api/v1/namespaces/vice-apps/secrets')).text()).toBe('404 page not found\n');
  expect((await send('DELETE', path)).status).toBe(405);
  expect((await send('GET', `${path}?fieldSelector=metadata.name%3Done`)).status).toBe(400);
  expect((await send('GET', `${path}?labelSelector=app+in+(x)`)).status).toBe(400);
  expect((await send('PATCH', `${path}/one`, [], 'application/json-patch+json')).status).toBe(415);
});

test('it answers that it is alive', async () => {
  const { send } = start();
  expect(await (await send('GET', '/livez')).text()).toBe('ok');
  expect(await (await send('GET', '/version')).json()).toMatchObject({ major: '1' });
});
