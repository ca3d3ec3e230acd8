import { describe, expect, test } from 'bun:test';
import { objectNames } from '../../src/deployer/manifests.ts';
import { specHash } from '../../src/schema/spec-hash.ts';
import type { KubeObject } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import { CASE_MS, type Given, type Subject } from './bench.ts';
import { sampleSpec } from './sample-spec.ts';

/** POST /api/v1/deployments, and what comes of it. */
export function applyCases(given: Given, { real }: Subject): void {
  describe('applying', () => {
    test(
      'a new spec is 201, and every object stands with namespace, label and owner',
      async () => {
        const { deployer, cluster, newId, subject } = given();
        const id = newId();
        const spec = sampleSpec(id);
        const { status, body } = await deployer.apply(spec);
        expect([status, body.external_id, body.attempt, body.spec_hash]).toEqual([201, id, 1, specHash(spec)]);
        const anchor = await cluster.find('ConfigMap', `vice-${id}`);
        expect(await cluster.namesOf(id)).toEqual([`ConfigMap/vice-${id}`, ...objectNames(spec)].sort());
        for (const name of objectNames(spec)) {
          const { metadata } = await objectOf(given, name);
          expect(metadata.labels?.['app.kubernetes.io/managed-by']).toBe('vice-deployer');
          if (name.startsWith('PersistentVolume/')) {
            expect(metadata.labels?.['vice/namespace']).toBe(subject.namespace());
            expect(metadata.ownerReferences ?? []).toEqual([]);
            continue;
          }
          expect(metadata.namespace).toBe(subject.namespace());
          expect(metadata.ownerReferences).toEqual([
            { apiVersion: 'v1', kind: 'ConfigMap', name: `vice-${id}`, uid: anchor?.metadata.uid ?? '', blockOwnerDeletion: true },
          ] as never);
        }
      },
      CASE_MS,
    );

    test(
      'the same spec again is 200 and changes nothing, however it is spelled and whoever is asked',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        const spec = sampleSpec(id);
        expect((await deployer.apply(spec)).status).toBe(201);
        const before = await deploymentOf(given, id);
        const respelled = JSON.stringify(Object.fromEntries(Object.entries(spec).reverse()), undefined, 2);
        expect((await deployer.apply(respelled)).status).toBe(200);
        expect((await other.apply(spec)).status).toBe(200);
        const after = await deploymentOf(given, id);
        expect([after.metadata.uid, after.metadata.generation, after.spec]).toEqual([before.metadata.uid, before.metadata.generation, before.spec]);
        expect((await cluster.namesOf(id)).length).toBe(objectNames(spec).length + 1);
      },
      CASE_MS,
    );

    test(
      'a later attempt of the same spec is 200 and raises the attempt, an earlier one does not lower it',
      async () => {
        const { deployer, other, newId } = given();
        const id = newId();
        await deployer.apply(sampleSpec(id, { attempt: 2 }));
        const raised = await other.apply(sampleSpec(id, { attempt: 5 }));
        expect([raised.status, raised.body.attempt]).toEqual([200, 5]);
        const kept = await other.apply(sampleSpec(id, { attempt: 3 }));
        expect([kept.status, kept.body.attempt]).toEqual([200, 5]);
      },
      CASE_MS,
    );

    test(
      'another spec under the same id is 409 conflict and touches nothing',
      async () => {
        const { deployer, newId } = given();
        const id = newId();
        await deployer.apply(sampleSpec(id));
        const before = await deploymentOf(given, id);
        const { status, code, problem } = await deployer.apply(sampleSpec(id, { image: 'nginx:2' }));
        expect([status, code, problem.retryable]).toEqual([409, 'conflict', false]);
        expect((await deploymentOf(given, id)).spec).toEqual(before.spec);
      },
      CASE_MS,
    );

    test(
      'ten times the same at once: every one is 2xx, and there is one of everything',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        const spec = sampleSpec(id);
        const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? other : deployer).apply(spec)));
        const statuses = answers.map(({ status }) => status).sort();
        expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 200, 201]);
        expect((await cluster.namesOf(id)).length).toBe(objectNames(spec).length + 1);
        await deployer.untilPhase(id, 'running');
        expect((await deploymentOf(given, id)).metadata.generation).toBe(1);
        expect(await cluster.list('Pod', id)).toHaveLength(1);
        if (real) expect(await replicaSetsOf(given, id)).toHaveLength(1);
      },
      CASE_MS,
    );

    test(
      'two different specs at once: one is applied whole, the other is 409 conflict',
      async () => {
        const { deployer, other, newId } = given();
        const id = newId();
        const images = ['nginx:1.29', 'nginx:2'];
        const answers = await Promise.all(images.map((image, n) => (n ? other : deployer).apply(sampleSpec(id, { image }))));
        expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
        const winner = images[answers.findIndex(({ status }) => status === 201)];
        expect(JSON.stringify((await deploymentOf(given, id)).spec)).toContain(`"image":"${winner}"`);
      },
      CASE_MS,
    );

    test(
      'what was half-applied is told as incomplete with what is missing, and the same request completes it',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        const spec = sampleSpec(id);
        await deployer.apply(spec);
        await cluster.kube.delete(cluster.path('Service', `vice-${id}`));
        const { message } = await deployer.untilPhase(id, 'incomplete');
        expect(message).toContain(`Service/vice-${id}`);
        const { status, body } = await other.apply(spec);
        expect(status).toBe(200);
        expect(body.phase).not.toBe('incomplete');
        expect(await cluster.find('Service', `vice-${id}`)).toBeDefined();
      },
      CASE_MS,
    );

    test(
      'a repeat takes back what somebody changed by hand, and drops what nobody sent',
      async () => {
        const { deployer, cluster, newId } = given();
        const id = newId();
        await deployer.apply(sampleSpec(id));
        const path = cluster.path('ConfigMap', `excludes-file-${id}`);
        await cluster.kube.patch(path, { data: { 'excludes-file': 'changed' } });
        expect((await deployer.apply(sampleSpec(id))).status).toBe(200);
        expect(JSON.stringify(await cluster.kube.get(path))).toContain('"excludes-file":"logs\\n"');
      },
      CASE_MS,
    );

    test(
      'an object of somebody else that has the name is left alone: 409 conflict, and nothing of ours stays',
      async () => {
        const { deployer, cluster, newId } = given();
        const id = newId();
        const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `excludes-file-${id}` }, data: { theirs: 'yes' } };
        await cluster.kube.create(cluster.collection('ConfigMap'), theirs);
        const { status, code } = await deployer.apply(sampleSpec(id));
        expect([status, code]).toEqual([409, 'conflict']);
        await cluster.untilNothing(id);
        expect(JSON.stringify(await cluster.find('ConfigMap', `excludes-file-${id}`))).toContain('"theirs":"yes"');
        await cluster.kube.delete(cluster.path('ConfigMap', `excludes-file-${id}`));
      },
      CASE_MS,
    );

    test(
      'an application goes on to its end when its caller leaves',
      async () => {
        const { deployer, cluster, newId } = given();
        const id = newId();
        const spec = sampleSpec(id);
        const leaving = new AbortController();
        const body = JSON.stringify(spec);
        const headers = { 'content-type': 'application/json' };
        const left = fetch(`${deployer.url}/api/v1/deployments`, { method: 'POST', body, headers, signal: leaving.signal }).catch(() => 'left');
        await waitFor(() => cluster.find('ConfigMap', `vice-${id}`), { timeoutMs: 20_000, everyMs: 2, what: 'the anchor' });
        leaving.abort();
        await left;
        const isWhole = async () => (await cluster.namesOf(id)).length === objectNames(spec).length + 1;
        await waitFor(isWhole, { timeoutMs: 20_000, what: 'everything to be applied' });
      },
      CASE_MS,
    );
  });
}

interface Deployed extends KubeObject {
  metadata: KubeObject['metadata'] & { generation: number };
  spec: object;
}

async function deploymentOf(given: Given, id: string): Promise<Deployed> {
  const { cluster } = given();
  return cluster.kube.get<Deployed>(cluster.path('Deployment', id));
}

function objectOf(given: Given, name: string): Promise<KubeObject> {
  const { cluster } = given();
  const [kind = '', ...rest] = name.split('/');
  return cluster.kube.get(cluster.path(kind as 'Service', rest.join('/'))); // one of the kinds of objectNames
}

function replicaSetsOf(given: Given, id: string): Promise<KubeObject[]> {
  const { cluster } = given();
  return cluster.kube.list(`/apis/apps/v1/namespaces/${cluster.namespace}/replicasets?labelSelector=external-id%3D${id}`);
}
