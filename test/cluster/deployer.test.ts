import { afterAll, beforeAll } from 'bun:test';
import { deployerConformance } from '../contract/deployer-conformance.ts';
import { testClusters } from './clusters.ts';
import { type OwnNamespace, ownNamespace, startDeployer } from './deployer-subject.ts';

const spaces = new Map<string, OwnNamespace>();
const clusters = testClusters();

beforeAll(async () => {
  for (const cluster of clusters) spaces.set(cluster.name, await ownNamespace(cluster, 'contract'));
}, 60_000);
afterAll(async () => {
  await Promise.all([...spaces.values()].map((space) => space.drop()));
}, 60_000);

for (const cluster of clusters) {
  const space = () => {
    const found = spaces.get(cluster.name);
    if (found === undefined) throw new Error(`${cluster.name} has no namespace`);
    return found;
  };
  deployerConformance({
    name: `standalone on ${cluster.name}`,
    real: true,
    remembers: true,
    namespace: () => space().namespace,
    start: () => startDeployer(cluster, space().namespace),
    cluster: () => space().kube,
  });
}
