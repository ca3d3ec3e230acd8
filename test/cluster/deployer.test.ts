import { afterAll, beforeAll } from 'bun:test';
import { createLambdaFunction } from '../../src/modes/lambda-function.ts';
import { deployerConformance } from '../contract/deployer-conformance.ts';
import { startApiGateway } from '../support/api-gateway.ts';
import { type TestCluster, testClusters } from './clusters.ts';
import { startDeployer } from './deployer-subject.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

const spaces = new Map<string, OwnNamespace>();
const clusters = testClusters();

beforeAll(async () => {
  for (const cluster of clusters) spaces.set(cluster.name, await ownNamespace(cluster, 'contract'));
}, 60_000);
afterAll(async () => {
  await Promise.all([...spaces.values()].map((space) => space.drop()));
}, 60_000);

function spaceOf({ name }: TestCluster): OwnNamespace {
  const found = spaces.get(name);
  if (found === undefined) throw new Error(`${name} has no namespace`);
  return found;
}

for (const cluster of clusters) {
  const space = () => spaceOf(cluster);
  deployerConformance({
    name: `standalone on ${cluster.name}`,
    real: true,
    remembers: true,
    namespace: () => space().namespace,
    start: () => startDeployer(cluster, space().namespace),
    cluster: () => space().kube,
  });
}

const [, forLambda] = clusters;
deployerConformance({
  name: `Lambda on ${forLambda.name}`,
  real: true,
  remembers: false,
  namespace: () => spaceOf(forLambda).namespace,
  start: async () =>
    startApiGateway(
      createLambdaFunction(['--vice-namespace', spaceOf(forLambda).namespace, '--log-level', 'fatal'], { KUBECONFIG: forLambda.kubeconfig }),
    ),
  cluster: () => spaceOf(forLambda).kube,
});
