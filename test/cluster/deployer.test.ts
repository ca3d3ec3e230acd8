import { afterAll, beforeAll } from 'bun:test';
import { deployerConformance } from '../contract/deployer-conformance.ts';
import { testClusters } from './clusters.ts';
import { startDeployer } from './deployer-subject.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

const [cluster] = testClusters();
let space: OwnNamespace;

beforeAll(async () => {
  space = await ownNamespace(cluster, 'contract');
}, 60_000);
afterAll(() => space.drop(), 60_000);

// On the other cluster, and as a function, the program of conformance.test.ts runs the same cases.
deployerConformance({
  name: `standalone on ${cluster.name}`,
  real: true,
  remembers: true,
  namespace: () => space.namespace,
  start: () => startDeployer(cluster, space.namespace),
  cluster: () => space.kube,
});
