import { expect, test } from 'bun:test';
import type { RankedCluster } from '../cluster-selector/cluster-selector.ts';
import { DeployerUnreachableError, SpecRefusedError } from '../errors/errors.ts';
import type { ClusterId } from '../schema/ids.ts';
import { noCluster } from './no-cluster.ts';

const id = '00000000-0000-0000-0000-000000000001' as ClusterId; // a UUID, which is all that the brand promises
const cluster = (name: string): RankedCluster => ({ id, name, profile: {}, why: 'priority 1' });
const refused = {
  cluster: cluster('east'),
  error: new SpecRefusedError('privileged', { faults: [{ path: 'deployment', message: 'is privileged' }] }),
};
const away = { cluster: cluster('west'), error: new DeployerUnreachableError('the deployer cannot be reached') };
const disabled = { cluster_id: id, name: 'south', filter: 'enabled' as const, reason: 'is disabled' };

test('clusters that were tried and clusters that were not are told in one sentence, and it is retryable', () => {
  const error = noCluster([refused, away], [disabled]);
  expect(error.message).toBe('no cluster can take the analysis now: east: privileged; west: the deployer cannot be reached; south is disabled');
  expect([error.status, error.retryable]).toEqual([503, true]);
});

test('without any cluster it says so', () => {
  expect(noCluster([], []).message).toBe('no cluster can take the analysis now: none is registered');
});

test('when every cluster that was tried refuses the manifests, that is ours to answer for, and the details keep every violation', () => {
  const error = noCluster([refused], [disabled]);
  expect(error.status).toBe(500);
  expect(error.details).toMatchObject({ clusters: [{ name: 'east', faults: [{ path: 'deployment' }] }, { name: 'south' }] });
});

test('one cluster that could not be asked might have taken them', () => {
  expect(noCluster([refused, away], []).status).toBe(503);
});
