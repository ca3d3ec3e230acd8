import { afterAll, beforeAll } from 'bun:test';
import { pino } from 'pino';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { lateObjectCases, overtakenRemovalCases } from '../contract/late-objects.ts';
import { testClusters } from './clusters.ts';
import { standaloneConfig } from './deployer-subject.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

const [, cluster] = testClusters();
let space: OwnNamespace;
beforeAll(async () => {
  space = await ownNamespace(cluster, 'late');
}, 120_000);
afterAll(() => space.drop(), 60_000);

const ground = () => {
  const { namespace } = space;
  const kubeconfig = { from: 'file', path: cluster.kubeconfig } as const;
  return {
    config: standaloneConfig(cluster, namespace),
    objects: new ClusterObjects(space.kube, namespace),
    connect: () => connectKubernetes({ kubeconfig, namespace, log: pino({ level: 'silent' }) }),
  };
};

lateObjectCases(ground);
overtakenRemovalCases(ground);
