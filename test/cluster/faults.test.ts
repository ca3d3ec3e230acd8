import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { objectNames } from '../../src/deployer/manifests.ts';
import { type Standalone, startStandalone } from '../../src/modes/standalone.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { type ApiAnswer, type ApiRequest, apiError, type Fault, type FaultyApiserver, startFaultyApiserver } from '../support/faulty-apiserver.ts';
import type { Kube } from '../support/kube.ts';
import { testClusters } from './clusters.ts';
import { standaloneConfig } from './deployer-subject.ts';
import { applyUntilDone, unlike } from './load-ground.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

const CASE_MS = 300_000;
const [, cluster] = testClusters();
const silent = pino({ level: 'silent' });

let space: OwnNamespace;
let faulty: FaultyApiserver;
let standalone: Standalone;
let deployer: DeployerClient;
let objects: ClusterObjects<Kube>;

beforeAll(async () => {
  space = await ownNamespace(cluster, 'faults');
  faulty = await startFaultyApiserver(cluster.kubeconfig);
  const { namespace } = space;
  objects = new ClusterObjects(space.kube, namespace);
  const kubeconfig = { from: 'text', text: faulty.kubeconfigText } as const;
  const connected = connectKubernetes({ kubeconfig, namespace, log: silent });
  standalone = startStandalone(standaloneConfig(cluster, namespace), silent, connected);
  await standalone.connected;
  deployer = new DeployerClient(standalone.url);
  await deployer.list();
}, 120_000);
afterEach(() => faulty.inject((_, forward) => forward()));
afterAll(async () => {
  await standalone.stop();
  await faulty.stop();
  await space.drop();
}, 120_000);

/** What a request is about: the object that is made, whose name is in the body only, or the path. */
const subjectOf = ({ method, path, body }: ApiRequest) => `${method} ${path.split('?')[0]} ${method === 'POST' ? nameIn(body) : ''}`;
const nameIn = (body: string) => /"name":"([^"]+)"/.exec(body)?.[1] ?? '';
const isWriting = ({ method }: ApiRequest) => method !== 'GET';

/** Fails the first request about each object that changes something; `done`: after the kube-apiserver did what it says. */
function failingOnce(answer: () => ApiAnswer, done: boolean) {
  const tries = new Map<string, number[]>();
  const fault: Fault = async (request, forward) => {
    if (!isWriting(request)) return forward();
    const subject = subjectOf(request);
    const times = tries.get(subject) ?? [];
    tries.set(subject, [...times, performance.now()]);
    if (times.length > 0) return forward();
    if (done) await (await forward()).arrayBuffer();
    return answer();
  };
  return { fault, tries };
}

const faults: Record<string, () => ApiAnswer> = {
  '429 with Retry-After': () => apiError(429, 'TooManyRequests', { 'retry-after': '1' }),
  '500': () => apiError(500, 'InternalError'),
  '502 of a load balancer': () => new Response('<html>Bad Gateway</html>', { status: 502, headers: { 'content-type': 'text/html' } }),
  '503': () => apiError(503, 'ServiceUnavailable'),
  '504': () => apiError(504, 'Timeout'),
  'a connection that breaks': () => 'reset',
};

describe('each request that changes something fails once, and the launch succeeds all the same, with one of everything:', () => {
  for (const [name, answer] of Object.entries(faults)) {
    for (const done of [false, true]) {
      test(
        `${name}, ${done ? 'after it was carried out' : 'and nothing was done'}`,
        async () => {
          const id = randomUUID();
          const { fault, tries } = failingOnce(answer, done);
          faulty.inject(fault);
          expect([200, 201]).toContain((await deployer.apply(sampleSpec(id))).status);
          expect(await unlike(objects, [id])).toEqual([]);
          expect(tries.size).toBeGreaterThanOrEqual(objectNames(sampleSpec(id)).length + 1);
          if (name.startsWith('429')) for (const [first = 0, second = 0] of tries.values()) expect(second - first).toBeGreaterThanOrEqual(1_000);

          await deployer.untilPhase(id, 'running');
          const { metadata } = await space.kube.get<{ metadata: { generation: number } }>(objects.path('Deployment', id));
          expect(metadata.generation).toBe(1);
          expect(await objects.list('Pod', id)).toHaveLength(1);

          const removing = failingOnce(answer, done);
          faulty.inject(removing.fault);
          await deployer.removeFully(id);
          expect(removing.tries.size).toBeGreaterThanOrEqual(2);
          expect(await unlike(objects, [])).toEqual([]);
        },
        CASE_MS,
      );
    }
  }
});

describe('a kube-apiserver that goes on failing', () => {
  for (const [name, answer] of Object.entries(faults)) {
    test(
      `${name}: the launch is 503, retryable, and completed by the same request once it is well`,
      async () => {
        const id = randomUUID();
        faulty.inject(async ({ what }, forward) => (what === 'POST services' ? answer() : forward()));
        const { status, code, problem } = await deployer.apply(sampleSpec(id));
        expect([status, code, problem.retryable]).toEqual([503, 'unavailable', true]);
        expect((await deployer.status(id)).status).toBe(200);
        faulty.inject((_, forward) => forward());
        await applyUntilDone(deployer, sampleSpec(id));
        expect(await unlike(objects, [id])).toEqual([]);
        await deployer.removeFully(id);
      },
      CASE_MS,
    );
  }

  test(
    'that refuses every other request at random under load: none is lost, none made twice',
    async () => {
      const ids = Array.from({ length: 20 }, () => randomUUID());
      let n = 0;
      const kinds = Object.values(faults);
      faulty.inject(async (request, forward) => {
        n += 1;
        if (!isWriting(request) || n % 2 === 0) return forward();
        // Half of them are carried out.
        if (n % 4 === 1) await (await forward()).arrayBuffer();
        return kinds[n % kinds.length]?.() ?? 'reset';
      });
      await Promise.all(ids.map((id) => applyUntilDone(deployer, sampleSpec(id))));
      expect(await unlike(objects, ids)).toEqual([]);
      for (const id of ids) await deployer.untilPhase(id, 'running');
      const replicaSets = await space.kube.list(`/apis/apps/v1/namespaces/${space.namespace}/replicasets`);
      expect(replicaSets).toHaveLength(ids.length);
      await Promise.all(ids.map((id) => deployer.removeFully(id)));
      expect(await unlike(objects, [])).toEqual([]);
    },
    CASE_MS,
  );
});
