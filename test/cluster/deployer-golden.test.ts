import { afterAll, beforeAll, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { objectNames } from '../../src/deployer/manifests.ts';
import type { Standalone } from '../../src/modes/standalone.ts';
import { goldenSpecUnder } from '../golden/golden-spec.ts';
import { testClusters } from './clusters.ts';
import { startDeployer } from './deployer-subject.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

const [cluster] = testClusters();
let space: OwnNamespace;
let standalone: Standalone;

beforeAll(async () => {
  space = await ownNamespace(cluster, 'golden');
  standalone = await startDeployer(cluster, space.namespace);
}, 120_000);
afterAll(async () => {
  await standalone.stop();
  await space.drop();
}, 120_000);

/** The case under an id of its own, since names are shared by a cluster's volumes. */
const specOf = (name: string) => goldenSpecUnder(name, randomUUID());

const cases = readdirSync(`${import.meta.dir}/../golden`, { withFileTypes: true }).filter((entry) => entry.isDirectory());

test.each(cases.map(({ name }) => name))(
  'Kubernetes takes every field of what the coordinator sends, gives all of it back, and restarts nothing when it is sent again: %s',
  async (name) => {
    const deployer = new DeployerClient(standalone.url);
    const spec = await specOf(name);
    const { external_id } = spec.metadata;
    const { status } = await deployer.apply(spec);
    expect(status).toBe(201);
    const objects = new ClusterObjects(space.kube, space.namespace);
    expect(await objects.namesOf(external_id)).toEqual([`ConfigMap/vice-${external_id}`, ...objectNames(spec)].sort());
    expect((await deployer.apply(spec)).status).toBe(200);
    // A new generation would be a new pod, and an end to somebody's work.
    const deployment = await space.kube.get<{ metadata: { generation: number } }>(objects.path('Deployment', spec.deployment.metadata.name));
    expect(deployment.metadata.generation).toBe(1);
    const route = (await deployer.urlReady(external_id)).body;
    expect([route.service, route.route]).toEqual([true, true]);
    await deployer.removeFully(external_id);
    await objects.untilNothing(external_id);
  },
  120_000,
);
