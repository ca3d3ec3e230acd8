import { LABEL } from '../../schema/label-keys.ts';
import { specHash } from '../../schema/spec-hash.ts';
import { contains, equal, holds } from '../breach.ts';
import { type Bench, casesOf, clusterOf, expectStanding } from '../case.ts';
import type { ClusterObject, Kind } from '../cluster-objects.ts';
import { objectsOf, standing } from '../objects-of-spec.ts';
import { waitFor } from '../wait-for.ts';

const SEEN_MS = 20_000;

/** POST /api/v1/deployments, and what comes of it. */
export const applying = casesOf('applying', [
  [
    'a new spec is 201, and every object stands with namespace, label and owner',
    [],
    async (bench) => {
      const { deployer, cluster } = bench;
      const id = bench.newId();
      const spec = bench.spec(id);
      const { status, body } = await deployer.apply(spec);
      equal([status, body.external_id, body.attempt, body.spec_hash], [201, id, 1, specHash(spec)], 'the answer to a new spec');
      if (cluster === undefined) return;
      await expectStanding(bench, id, standing(spec));
      const { uid = '' } = (await cluster.get('ConfigMap', `vice-${id}`)).metadata;
      for (const name of objectsOf(spec)) expectManaged(await objectNamed(bench, name), name, cluster.namespace, { name: `vice-${id}`, uid });
    },
  ],
  [
    'the same spec again is 200 and changes nothing, however it is spelled and whoever is asked',
    [],
    async (bench) => {
      const { deployer, other } = bench;
      const id = bench.newId();
      const spec = bench.spec(id);
      equal((await deployer.apply(spec)).status, 201, 'a new spec');
      const before = await stateOf(bench, id);
      const respelled = JSON.stringify(Object.fromEntries(Object.entries(spec).reverse()), undefined, 2);
      equal((await deployer.apply(respelled)).status, 200, 'the same spec, its keys in another order');
      equal((await other.apply(spec)).status, 200, 'the same spec, to another deployer');
      equal(await stateOf(bench, id), before, 'uid, generation and spec of the Deployment');
      await expectStanding(bench, id, standing(spec));
    },
  ],
  [
    'what one deployer applied, another one finds at once, repeats, and removes',
    ['second'],
    async (bench) => {
      const { deployer, other, newId } = bench;
      const id = newId();
      const spec = bench.spec(id);
      const { body } = await deployer.apply(spec);
      const found = await other.status(id);
      equal([found.status, found.body.spec_hash], [200, body.spec_hash], 'status and hash at the other deployer');
      equal((await other.apply(spec)).status, 200, 'the same spec to the other deployer');
      await other.removeFully(id);
      await deployer.removeFully(id);
      equal([(await deployer.status(id)).status, (await other.status(id)).status], [404, 404], 'the status at both when it is removed');
      await expectStanding(bench, id, []);
    },
  ],
  [
    'a later attempt of the same spec is 200 and raises the attempt, an earlier one does not lower it',
    [],
    async ({ deployer, other, newId, spec }) => {
      const id = newId();
      await deployer.launch(spec(id, { attempt: 2 }));
      const raised = await other.apply(spec(id, { attempt: 5 }));
      equal([raised.status, raised.body.attempt], [200, 5], 'attempt 5 after attempt 2');
      const kept = await other.apply(spec(id, { attempt: 3 }));
      equal([kept.status, kept.body.attempt], [200, 5], 'attempt 3 after attempt 5');
    },
  ],
  [
    'another spec under the same id is 409 conflict and touches nothing',
    [],
    async (bench) => {
      const { deployer, newId, spec } = bench;
      const id = newId();
      const applied = await deployer.apply(spec(id));
      const before = await stateOf(bench, id);
      const { status, code, retryable } = await deployer.apply(spec(id, { tag: 'another' }));
      equal([status, code, retryable], [409, 'conflict', false], 'another spec under the id');
      equal((await deployer.status(id)).body.spec_hash, applied.body.spec_hash, 'the hash of what is applied');
      equal(await stateOf(bench, id), before, 'uid, generation and spec of the Deployment');
    },
  ],
  [
    'ten times the same at once: every one is 2xx, and there is one of everything',
    [],
    async (bench) => {
      const { deployer, other, cluster, newId } = bench;
      const id = newId();
      const spec = bench.spec(id);
      const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? other : deployer).apply(spec)));
      const statuses = answers.map(({ status }) => status).sort();
      equal(statuses, [200, 200, 200, 200, 200, 200, 200, 200, 200, 201], 'ten answers');
      await expectStanding(bench, id, standing(spec));
      await deployer.untilPhase(id, 'running');
      if (cluster === undefined) return;
      equal((await deploymentOf(bench, id)).metadata.generation, 1, 'the generation of the Deployment');
      equal((await cluster.list('Pod', id)).length, 1, 'the number of pods');
      holds((await cluster.list('ReplicaSet', id)).length <= 1, 'there is more than one ReplicaSet');
    },
  ],
  [
    'two different specs at once: one is applied whole, the other is 409 conflict',
    [],
    async (bench) => {
      const { deployer, other, cluster, newId } = bench;
      const id = newId();
      const specs = [bench.spec(id), bench.spec(id, { tag: 'another' })];
      const answers = await Promise.all(specs.map((spec, n) => (n ? other : deployer).apply(spec)));
      equal(answers.map(({ status }) => status).sort(), [201, 409], 'the two answers');
      const winner = specs[answers.findIndex(({ status }) => status === 201)];
      holds(winner !== undefined, 'neither was applied');
      equal((await deployer.status(id)).body.spec_hash, specHash(winner), 'the hash of what is applied');
      if (cluster === undefined) return;
      const [container] = winner.deployment.spec?.template.spec?.containers ?? [];
      const { spec } = await deploymentOf(bench, id);
      holds(JSON.stringify(spec).includes(`"image":"${container?.image}"`), 'the Deployment is not that of the spec that was told to be applied');
    },
  ],
  [
    'what was half-applied is told as incomplete with what is missing, and the same request completes it',
    ['cluster'],
    async (bench) => {
      const { deployer, other, newId } = bench;
      const cluster = clusterOf(bench);
      const id = newId();
      const spec = bench.spec(id);
      const service = spec.service.metadata.name;
      await deployer.launch(spec);
      await cluster.kube.delete(cluster.path('Service', service));
      const { message = '' } = await deployer.untilPhase(id, 'incomplete');
      holds(message.includes(`Service/${service}`), `the message does not name Service/${service}: ${message}`);
      const { status, body } = await other.apply(spec);
      equal(status, 200, 'the same spec again');
      holds(body.phase !== 'incomplete', 'it is still incomplete after the repeat');
      await cluster.get('Service', service);
    },
  ],
  [
    'a repeat takes back what somebody changed by hand, and drops what nobody sent',
    ['cluster'],
    async (bench) => {
      const { deployer, newId } = bench;
      const cluster = clusterOf(bench);
      const id = newId();
      const spec = bench.spec(id);
      const { name, data } = configMapOf(bench, id);
      const [key = ''] = Object.keys(data);
      await deployer.launch(spec);
      await cluster.kube.patch(cluster.path('ConfigMap', name), { data: { [key]: 'changed' } });
      equal((await deployer.apply(spec)).status, 200, 'the same spec again');
      const after = await cluster.get<ClusterObject & { data: object }>('ConfigMap', name);
      equal<object>(after.data, data, `what ConfigMap/${name} holds`);
    },
  ],
  [
    'an object of somebody else that has the name is left alone: 409 conflict, and nothing of ours stays',
    ['cluster'],
    async (bench) => {
      const { deployer, newId, spec } = bench;
      const cluster = clusterOf(bench);
      const id = newId();
      const { name } = configMapOf(bench, id);
      const path = cluster.path('ConfigMap', name);
      bench.afterwards(() => cluster.kube.delete(path));
      const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { theirs: 'yes' } };
      await cluster.kube.create(cluster.collection('ConfigMap'), theirs);
      const { status, code } = await deployer.apply(spec(id));
      equal([status, code], [409, 'conflict'], 'a spec whose ConfigMap has a name that is taken');
      await cluster.untilNothing(id);
      const after = await cluster.get<ClusterObject & { data: object }>('ConfigMap', name);
      equal<object>(after.data, theirs.data, "what somebody else's ConfigMap holds");
    },
  ],
  [
    'an application goes on to its end when its caller leaves',
    ['cluster'],
    async (bench) => {
      const { deployer, newId } = bench;
      const cluster = clusterOf(bench);
      const id = newId();
      const spec = bench.spec(id);
      const leaving = new AbortController();
      const init = { body: JSON.stringify(spec), headers: { 'content-type': 'application/json' }, signal: leaving.signal };
      const left = deployer.send('POST', '/api/v1/deployments', init).catch(() => 'left');
      const { signal } = bench;
      await waitFor(() => cluster.find('ConfigMap', `vice-${id}`), { timeoutMs: SEEN_MS, everyMs: 2, what: 'the anchor', signal });
      leaving.abort();
      await left;
      const isWhole = async () => (await cluster.namesOf(id)).length === standing(spec).length;
      await waitFor(isWhole, { timeoutMs: SEEN_MS, what: 'everything to be applied', signal });
    },
  ],
]);

interface Deployed extends ClusterObject {
  metadata: ClusterObject['metadata'] & { generation: number };
  spec: object;
}

function deploymentOf(bench: Bench, id: string): Promise<Deployed> {
  return clusterOf(bench).get<Deployed>('Deployment', bench.spec(id).deployment.metadata.name);
}

/** What must stay as it is when nothing is to happen; empty where nobody may look. */
async function stateOf(bench: Bench, id: string): Promise<string> {
  if (bench.cluster === undefined) return '';
  const { metadata, spec } = await deploymentOf(bench, id);
  return JSON.stringify([metadata.uid, metadata.generation, spec]);
}

function configMapOf(bench: Bench, id: string): { readonly name: string; readonly data: Readonly<Record<string, string>> } {
  const [map] = bench.spec(id).config_maps;
  return { name: map?.metadata.name ?? '', data: map?.data ?? {} };
}

function objectNamed(bench: Bench, name: string): Promise<ClusterObject> {
  const [kind = '', ...rest] = name.split('/');
  return clusterOf(bench).get(kind as Kind, rest.join('/')); // one of the kinds of objectsOf
}

function expectManaged({ metadata }: ClusterObject, name: string, namespace: string, anchor: { readonly name: string; readonly uid: string }): void {
  contains(Object.entries(metadata.labels ?? {}).map(String), ['app.kubernetes.io/managed-by,vice-deployer'], `labels of ${name}`);
  holds(metadata.labels?.[LABEL.externalId] !== undefined, `${name} does not carry the external id`);
  if (name.startsWith('PersistentVolume/')) {
    equal([metadata.labels['vice/namespace'], metadata.ownerReferences ?? []], [namespace, []], `namespace label and owners of ${name}`);
    return;
  }
  equal(metadata.namespace, namespace, `the namespace of ${name}`);
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', ...anchor, blockOwnerDeletion: true };
  equal<unknown>(metadata.ownerReferences, [owner], `owners of ${name}`);
}
