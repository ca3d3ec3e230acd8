import { describe, expect, test } from 'bun:test';
import { waitFor } from '../support/wait-for.ts';
import { CASE_MS, type Given, type Subject } from './bench.ts';
import { sampleSpec } from './sample-spec.ts';

/** What is not applied, and leaves nothing. */
export function refusalCases(given: Given, { real }: Subject): void {
  describe('refusing', () => {
    test('a malformed document is 400 with every fault', async () => {
      const { deployer, newId } = given();
      const { deployment: _, ...rest } = sampleSpec(newId());
      const { status, code, problem } = await deployer.apply({ ...rest, service: { kind: 'Pod' }, unknown: 1 });
      expect([status, code]).toEqual([400, 'invalid_document']);
      const paths = problem.faults?.map(({ path }) => path) ?? [];
      for (const path of ['deployment', 'service.kind', 'service.metadata', 'unknown']) expect(paths).toContain(path);
    });

    test('what is no JSON is 400, what is no JSON by its type 415, what is larger than 1 MiB 413', async () => {
      const { deployer, newId } = given();
      expect((await deployer.apply('{')).status).toBe(400);
      expect((await deployer.apply(JSON.stringify({ ...sampleSpec(newId()), padding: 'x'.repeat(1024 * 1024) }))).status).toBe(413);
      const plain = await fetch(`${deployer.url}/api/v1/deployments`, { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } });
      expect(plain.status).toBe(415);
      await plain.body?.cancel();
    });

    test('what no later program can hold is 400, and nothing is written', async () => {
      const { deployer, cluster, newId } = given();
      const id = newId();
      const spec = sampleSpec(id);
      const text = JSON.stringify({ ...spec, service: { ...spec.service, spec: { ...spec.service.spec, strange: 'HERE' } } });
      for (const strange of ['"\\ud800"', '"\\u0000"', '1e999', '['.repeat(100_000) + ']'.repeat(100_000)]) {
        const { status, code, problem } = await deployer.apply(text.replace('"HERE"', strange));
        expect([status, code, problem.faults?.length]).toEqual([400, 'invalid_document', 1]);
        expect(problem.faults?.[0]?.path).toStartWith('service.spec.strange');
      }
      expect(await cluster.namesOf(id)).toEqual([]);
    });

    test('what the policy does not allow is 422 with every violation, and nothing is written', async () => {
      const { deployer, cluster, newId } = given();
      const id = newId();
      const spec = sampleSpec(id);
      const hostile = {
        ...spec,
        deployment: {
          ...spec.deployment,
          metadata: { ...spec.deployment.metadata, namespace: 'kube-system', ownerReferences: [], finalizers: ['x/y'] },
        },
        service: { ...spec.service, metadata: { ...spec.service.metadata, name: 'kubernetes' } },
        config_maps: [{ ...spec.config_maps[0], metadata: { name: `vice-${id}`, labels: { 'external-id': 'somebody-else' } } }],
      };
      const { status, code, problem } = await deployer.apply(hostile);
      expect([status, code, problem.retryable]).toEqual([422, 'spec_refused', false]);
      const paths = problem.faults?.map(({ path }) => path) ?? [];
      for (const path of [
        'deployment.metadata.namespace',
        'deployment.metadata.ownerReferences',
        'deployment.metadata.finalizers',
        'service.metadata.name',
        'config_maps[0].metadata.name',
        'config_maps[0].metadata.labels.external-id',
      ]) {
        expect(paths).toContain(path);
      }
      expect(await cluster.namesOf(id)).toEqual([]);
    });

    if (!real) return;
    test(
      'what the cluster itself refuses is 422, and nothing is left',
      async () => {
        const { deployer, cluster, newId } = given();
        const id = newId();
        const spec = sampleSpec(id);
        const ports = [{ name: 'x', port: 700_000 }];
        const { status, code, problem } = await deployer.apply({ ...spec, service: { ...spec.service, spec: { ...spec.service.spec, ports } } });
        expect([status, code]).toEqual([422, 'spec_refused']);
        expect(JSON.stringify(problem.faults)).toContain('port');
        await cluster.untilNothing(id);
      },
      CASE_MS,
    );

    test(
      "a Deployment that the namespace's quota refuses is 409 cluster_full, retryable, and nothing is left",
      async () => {
        const { deployer, cluster, newId } = given();
        const id = newId();
        const quotas = `/api/v1/namespaces/${cluster.namespace}/resourcequotas`;
        const name = `none-${id.slice(0, 8)}`;
        await cluster.kube.create(quotas, {
          apiVersion: 'v1',
          kind: 'ResourceQuota',
          metadata: { name },
          spec: { hard: { 'count/deployments.apps': '0' } },
        });
        await waitFor(async () => JSON.stringify(await cluster.kube.get(`${quotas}/${name}`)).includes('"used"'), {
          timeoutMs: 20_000,
          what: 'the quota',
        });
        try {
          const { status, code, problem } = await deployer.apply(sampleSpec(id));
          expect([status, code, problem.retryable]).toEqual([409, 'cluster_full', true]);
          await cluster.untilNothing(id);
        } finally {
          await cluster.kube.delete(`${quotas}/${name}`);
        }
        expect((await deployer.status(id)).status).toBe(404);
      },
      CASE_MS,
    );
  });
}
