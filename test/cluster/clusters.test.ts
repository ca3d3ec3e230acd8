import { expect, test } from 'bun:test';
import { clustersOf, environmentOf } from './clusters.ts';

test('an environment names the clusters it was made for', () => {
  const clusters = [
    { name: 'cluster-1', kubeconfig: '/a/kubeconfig', auditLog: '/a/audit.log' },
    { name: 'cluster-2', kubeconfig: '/b/kubeconfig' },
  ];
  expect(clustersOf(environmentOf(clusters))).toEqual(clusters);
});

test('an environment that names none gives none', () => {
  expect(clustersOf({})).toEqual([]);
});
