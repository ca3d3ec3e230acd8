import { contains, equal, holds } from '../breach.ts';
import { casesOf, clusterOf, expectStanding } from '../case.ts';
import type { ClusterObject } from '../cluster-objects.ts';
import { withQuota } from '../quota.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** What is not applied, and leaves nothing. */
export const refusing = casesOf('refusing', [
  [
    'a malformed document is 400 with every fault',
    [],
    async ({ deployer, newId, spec }) => {
      const { deployment: _, ...rest } = spec(newId());
      const { status, code, problem } = await deployer.apply({ ...rest, service: { kind: 'Pod' }, unknown: 1 });
      equal([status, code], [400, 'invalid_document'], 'a document with four faults');
      const paths = problem.faults?.map(({ path }) => path) ?? [];
      contains(paths, ['deployment', 'service.kind', 'service.metadata', 'unknown'], 'paths of the faults');
    },
  ],
  [
    'what is no JSON is 400, what is no JSON by its type 415, what is larger than 1 MiB 413',
    [],
    async ({ deployer, newId, spec }) => {
      equal((await deployer.apply('{')).status, 400, 'half an object');
      equal((await deployer.apply({ ...spec(newId()), padding: 'x'.repeat(MAX_BODY_BYTES) })).status, 413, 'more than 1 MiB');
      const plain = await deployer.send('POST', '/api/v1/deployments', { body: '{}', headers: { 'content-type': 'text/plain' } });
      await plain.body?.cancel();
      equal(plain.status, 415, 'an object as text/plain');
    },
  ],
  [
    'what no later program can hold is 400, and nothing is written',
    [],
    async (bench) => {
      const { deployer, newId } = bench;
      const id = newId();
      const spec = bench.spec(id);
      const text = JSON.stringify({ ...spec, service: { ...spec.service, spec: { ...spec.service.spec, strange: 'HERE' } } });
      for (const [what, strange] of [
        ['half a surrogate pair', '"\\ud800"'],
        ['a null character', '"\\u0000"'],
        ['a number without end', '1e999'],
        ['a key that is there twice', '{"a":1,"a":2}'],
        ['100,000 arrays in each other', '['.repeat(100_000) + ']'.repeat(100_000)],
      ] as const) {
        const { status, code, problem } = await deployer.apply(text.replace('"HERE"', strange));
        equal([status, code, problem.faults?.length], [400, 'invalid_document', 1], what);
        const path = problem.faults?.[0]?.path ?? '';
        holds(path.startsWith('service.spec.strange'), `${what}: the fault is not at service.spec.strange but at ${path}`);
      }
      await expectStanding(bench, id, []);
    },
  ],
  [
    'what the policy does not allow is 422 with every violation, and nothing is written',
    [],
    async (bench) => {
      const { deployer, newId } = bench;
      const id = newId();
      const spec = bench.spec(id);
      const { deployment, service } = spec;
      const foreign = { namespace: 'kube-system', ownerReferences: [], finalizers: ['x/y'] };
      const hostile = {
        ...spec,
        deployment: { ...deployment, metadata: { ...deployment.metadata, ...foreign } },
        service: { ...service, metadata: { ...service.metadata, name: 'kubernetes' } },
        config_maps: [
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `vice-${id}`, labels: { 'external-id': 'somebody-else' } }, data: {} },
        ],
      };
      const { status, code, retryable, problem } = await deployer.apply(hostile);
      equal([status, code, retryable], [422, 'spec_refused', false], 'a spec with six violations');
      contains(
        problem.faults?.map(({ path }) => path) ?? [],
        [
          'deployment.metadata.namespace',
          'deployment.metadata.ownerReferences',
          'deployment.metadata.finalizers',
          'service.metadata.name',
          'config_maps[0].metadata.name',
          'config_maps[0].metadata.labels.external-id',
        ],
        'paths of the violations',
      );
      for (const { path, rule, allowed } of problem.faults ?? []) {
        holds(rule !== undefined && allowed !== undefined, `the violation at ${path} does not name its rule and what would be allowed`);
      }
      await expectStanding(bench, id, []);
    },
  ],
  [
    'a pod with powers over its node is 422 wherever they stand, and nothing is written',
    [],
    async (bench) => {
      const { deployer, newId } = bench;
      const id = newId();
      const spec = bench.spec(id);
      const pod = spec.deployment.spec?.template.spec;
      const powers = {
        hostNetwork: true,
        automountServiceAccountToken: true,
        volumes: [...(pod?.volumes ?? []), { name: 'node', hostPath: { path: '/' } }],
        containers: pod?.containers.map((one) => ({ ...one, securityContext: { ...one.securityContext, privileged: true } })),
      };
      const template = { ...spec.deployment.spec?.template, spec: { ...pod, ...powers } };
      const hostile = { ...spec, deployment: { ...spec.deployment, spec: { ...spec.deployment.spec, template } } };
      const { status, code, problem } = await deployer.apply(hostile);
      equal([status, code], [422, 'spec_refused'], 'a pod with four powers');
      const paths = problem.faults?.map(({ path }) => path) ?? [];
      for (const power of ['hostNetwork', 'automountServiceAccountToken', 'hostPath', 'securityContext.privileged']) {
        holds(
          paths.some((path) => path.startsWith('deployment.spec.template.spec.') && path.endsWith(power)),
          `no violation at ${power}, only at ${paths.join(', ')}`,
        );
      }
      await expectStanding(bench, id, []);
    },
  ],
  [
    "what somebody else put in the place of an analysis' object is left alone by a repeat: 409 conflict, and the analysis goes on",
    ['cluster'],
    async (bench) => {
      const { deployer, newId, spec } = bench;
      const cluster = clusterOf(bench);
      const id = newId();
      const name = spec(id).config_maps[0]?.metadata.name ?? '';
      const path = cluster.path('ConfigMap', name);
      await deployer.apply(spec(id));
      await cluster.kube.delete(path);
      const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { theirs: 'yes' } };
      bench.afterwards(() => cluster.kube.delete(path));
      await cluster.kube.create(cluster.collection('ConfigMap'), theirs);
      const { status, code } = await deployer.apply(spec(id));
      equal([status, code], [409, 'conflict'], 'a repeat of a spec, one of whose names was taken meanwhile');
      const after = await cluster.get<ClusterObject & { data: object }>('ConfigMap', name);
      equal<object>(after.data, theirs.data, "what somebody else's ConfigMap holds");
      holds((await cluster.find('Deployment', spec(id).deployment.metadata.name)) !== undefined, 'the Deployment is gone');
    },
  ],
  [
    'what the cluster itself refuses is 422, and nothing is left',
    ['cluster', 'controllers'],
    async (bench) => {
      const { deployer, newId } = bench;
      const id = newId();
      const spec = bench.spec(id);
      const port = { protocol: 'TCP' as const, port: 60000, targetPort: 'tcp-proxy' };
      const ports = [
        { ...port, name: 'one' },
        { ...port, name: 'two' },
      ];
      const { status, code, problem } = await deployer.apply({ ...spec, service: { ...spec.service, spec: { ...spec.service.spec, ports } } });
      equal([status, code], [422, 'spec_refused'], 'a Service with one port twice');
      const faults = JSON.stringify(problem.faults);
      holds(faults.includes('port'), `the violations do not name the port: ${faults}`);
      await clusterOf(bench).untilNothing(id);
    },
  ],
  [
    "a Deployment that the namespace's quota refuses is 409 cluster_full, retryable, and nothing is left",
    ['cluster', 'controllers', 'exclusive'],
    async (bench) => {
      const { deployer, newId, spec } = bench;
      const id = newId();
      const lift = await withQuota(bench, `none-${id}`, { 'count/deployments.apps': '0' });
      const { status, code, retryable } = await deployer.apply(spec(id));
      equal([status, code, retryable], [409, 'cluster_full', true], 'a spec beyond the quota');
      await clusterOf(bench).untilNothing(id);
      await lift();
      equal((await deployer.status(id)).status, 404, 'the status of what was refused');
    },
  ],
]);
