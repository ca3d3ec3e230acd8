import { afterEach, expect, test } from 'bun:test';
import { startFront } from './front.ts';
import { deployment, service, testCluster } from './test-cluster.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((front) => front.stop()));
});

function ingress(host: string) {
  const backend = { service: { name: 'x', port: { number: 80 } } };
  const rules = [{ host, http: { paths: [{ pathType: 'ImplementationSpecific', backend }] } }];
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'x' }, spec: { rules } };
}

function start() {
  const cluster = testCluster();
  const front = startFront({
    clusters: [
      { name: 'east', store: testCluster().api.store },
      { name: 'west', store: cluster.api.store },
    ],
  });
  open.push(front);
  const ask = async (host: string) => {
    const answer = await fetch(`http://127.0.0.1:${front.port}/`, { headers: { host } });
    return { status: answer.status, text: await answer.text() };
  };
  return { ...cluster, ask };
}

test('a host leads through its ingress and service to the ready pod, in whichever cluster it is', async () => {
  const { api, timers, ask } = start();
  api.create('Ingress', 'apps', ingress('a1234'));
  api.create('Service', 'apps', service('x'));
  expect(await ask('a1234.localhost:1')).toMatchObject({ status: 503, text: expect.stringContaining('on its way') });
  api.create('Deployment', 'apps', deployment('x'));
  timers.advance(200);
  const page = await ask('A1234.localhost:1');
  expect(page.status).toBe(200);
  for (const part of ['This is a sandbox', 'image:1', 'west', '<dd>apps</dd>', '<dd>x-']) expect(page.text).toContain(part);
});

test('a pod that is ending is not led to any more', async () => {
  const { api, timers, ask } = start();
  api.create('Ingress', 'apps', ingress('a1234'));
  api.create('Service', 'apps', service('x'));
  api.create('Deployment', 'apps', deployment('x'));
  timers.advance(200);
  api.delete('Pod', 'apps', api.store.list('Pod')[0]?.metadata.name ?? '');
  timers.advance(10);
  expect(api.store.list('EndpointSlice')).toMatchObject([{ endpoints: [{ conditions: { ready: false, terminating: true } }] }]);
  expect((await ask('a1234.localhost')).status).toBe(503);
});

test('a host may be routed by its whole name, and by an HTTPRoute', async () => {
  const { api, timers, ask } = start();
  const spec = { hostnames: ['a1234.localhost'], rules: [{ backendRefs: [{ name: 'x', port: 80 }] }] };
  api.create('HTTPRoute', 'apps', { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'x' }, spec });
  api.create('Service', 'apps', service('x'));
  api.create('Deployment', 'apps', deployment('x'));
  timers.advance(200);
  expect((await ask('a1234.localhost')).status).toBe(200);
});

test('a host without a route is not found, and its name is told as text', async () => {
  const { ask } = start();
  expect((await ask('a1234.localhost')).status).toBe(404);
  expect((await ask('a1234.example.org')).status).toBe(404);
  expect((await ask('<b>.localhost')).text).toContain('&lt;b&gt;.localhost');
});

test('what a user named an analysis is shown as text, never as markup', async () => {
  const { api, timers, ask } = start();
  const { spec, ...rest } = deployment('x');
  const container = { name: 'analysis', image: '<script>alert(1)</script>' };
  const template = { metadata: { labels: { app: 'x', 'analysis-name': '"><img src=x>' } }, spec: { containers: [container] } };
  api.create('Ingress', 'apps', ingress('a1234'));
  api.create('Service', 'apps', service('x'));
  api.create('Deployment', 'apps', { ...rest, spec: { ...spec, template } });
  timers.advance(200);
  const { status, text } = await ask('a1234.localhost');
  expect(status).toBe(200);
  expect(text).not.toMatch(/<script|<img/);
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});
