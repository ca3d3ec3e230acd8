import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vice } from '../support/command.ts';
import { testClusters } from './clusters.ts';
import { type DeployerAccount, deployerAccount } from './deployer-account.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

const [cluster] = testClusters();
const folder = mkdtempSync(join(tmpdir(), 'vice-doctor-'));
let space: OwnNamespace;
let account: DeployerAccount;

beforeAll(async () => {
  space = await ownNamespace(cluster, 'doctor');
  account = await deployerAccount(cluster, space.namespace, ['rbac.yaml']);
  writeFileSync(join(folder, 'kubeconfig'), account.kubeconfigText);
}, 120_000);
afterAll(async () => {
  await account.drop();
  await space.drop();
  rmSync(folder, { recursive: true });
}, 120_000);

async function doctor(kubeconfig: string, namespace: string) {
  const { code, out } = await vice(['doctor', '--kubeconfig', kubeconfig, '--vice-namespace', namespace, '-o', 'json', '--config', '/dev/null']);
  const findings: { check: string; outcome: string; says: string }[] = JSON.parse(out).findings;
  return { code, findings: findings.map(({ check, outcome, says }) => `${outcome} ${check}: ${says}`) };
}

test('the account of deploy/ has all rights in its namespace, and every one that it lacks elsewhere is named', async () => {
  const own = await doctor(join(folder, 'kubeconfig'), space.namespace);
  expect(own.findings).toContainEqual(expect.stringMatching(/^ok kube-apiserver: v1\.\d+/));
  expect(own.findings).toContainEqual(expect.stringContaining('this account may not look at namespaces'));
  expect([own.code, own.findings.filter((line) => line.includes(' rights: '))]).toEqual([0, [expect.stringMatching(/^ok rights: all \d+ /)]]);
  const elsewhere = await doctor(join(folder, 'kubeconfig'), 'default');
  expect(elsewhere.code).toBe(1);
  expect(elsewhere.findings).toContain('wrong rights: may not create, get, list, watch, patch deployments.apps in default');
  expect(elsewhere.findings).toContain('warning rights: may not get pods/log in default: there will be no logs');
  expect(elsewhere.findings.filter((line) => line.includes('persistentvolumes of the cluster'))).toEqual([]);
}, 60_000);

test('an administrator sees whether the namespace is there', async () => {
  expect((await doctor(cluster.kubeconfig, space.namespace)).findings).toContain(`ok namespace ${space.namespace}: is there`);
  const missing = await doctor(cluster.kubeconfig, 'nowhere');
  expect([missing.code, missing.findings]).toEqual([1, expect.arrayContaining(['wrong namespace nowhere: is not there'])]);
}, 60_000);
