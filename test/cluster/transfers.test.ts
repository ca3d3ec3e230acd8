import { afterAll, beforeAll, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { createStandalone, type Standalone } from '../../src/modes/standalone.ts';
import { goldenSpecUnder } from '../golden/golden-spec.ts';
import { startTransferSidecars, type TransferSidecars } from '../support/transfer-sidecar.ts';
import { testClusters } from './clusters.ts';
import { type DeployerAccount, deployerAccount } from './deployer-account.ts';
import { standaloneConfig } from './deployer-subject.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

// What transfers write into the cluster is written under the account and the admission policies that deploy/ ships.
const [cluster] = testClusters();
const id = randomUUID();
let space: OwnNamespace;
let account: DeployerAccount;
let sidecars: TransferSidecars;
let deployers: readonly Standalone[] = [];
let clients: readonly [DeployerClient, DeployerClient];

async function startDeployer(): Promise<Standalone> {
  const { kubeconfig: _, ...config } = standaloneConfig(cluster, space.namespace);
  const whole = { ...config, kubeconfigText: account.kubeconfigText, transferUrl: sidecars.template };
  const standalone = createStandalone(whole, pino({ level: 'silent' }));
  await standalone.connected;
  return standalone;
}

beforeAll(async () => {
  space = await ownNamespace(cluster, 'transfers');
  account = await deployerAccount(cluster, space.namespace, ['rbac.yaml', 'validating-admission-policy.yaml']);
  sidecars = startTransferSidecars();
  const [one, other] = await Promise.all([startDeployer(), startDeployer()]);
  deployers = [one, other];
  clients = [new DeployerClient(one.url), new DeployerClient(other.url)];
  expect((await clients[0].apply(await goldenSpecUnder('inputs-copied', id))).status).toBe(201);
}, 180_000);

afterAll(async () => {
  await clients[0].removeFully(id);
  await Promise.all(deployers.map((deployer) => deployer.stop()));
  await sidecars.stop();
  await account.drop();
  await space.drop();
}, 180_000);

test('ten requests through two deployers start one transfer, which a deployer that was just started knows of', async () => {
  const sidecar = sidecars.of(id);
  const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => clients[n % 2 === 0 ? 0 : 1].startTransfer(id, 'upload')));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202));
  const [uuid, ...more] = new Set(answers.map(({ body }) => body.uuid));
  expect(more).toEqual([]);
  expect(sidecar.requests.filter((request) => request === 'POST /upload')).toHaveLength(1);

  const fresh = await startDeployer();
  const client = new DeployerClient(fresh.url);
  expect((await client.transferState(id, 'upload')).body).toMatchObject({ uuid, status: 'running' });
  sidecar.end('completed');
  expect((await client.transferState(id, 'upload')).body).toMatchObject({ uuid, status: 'completed' });
  await fresh.stop();
}, 120_000);
