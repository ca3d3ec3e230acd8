import { afterAll, beforeAll, expect, describe as group, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { type SandboxCluster, startSandboxCluster } from '../../src/demo/sandbox-cluster.ts';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { createStandalone, type Standalone } from '../../src/modes/standalone.ts';
import { capturedLog } from '../support/captured-log.ts';
import type { CrashingDeployer } from '../support/crashing-deployer.ts';
import type { Moment } from '../support/dying-kubernetes.ts';
import { database, deployerConfig, objectsIn, type Row, register, runCoordinator, send, untilHealthy } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(180_000);

const example: object = await Bun.file(`${import.meta.dir}/../golden/example/analysis.json`).json();
const program = Bun.fileURLToPath(import.meta.resolve('../support/crashing-deployer.ts'));

/** A bound for a machine that is busy with something else. */
const PATIENCE_MS = 60_000;
/** The anchor and everything that it owns, the volume included. */
const OBJECTS = 10;

let sandbox: SandboxCluster;
let coordinator: Coordinator;
let clusterId: string;
let db: ReturnType<typeof database>;
let deployer: Standalone | undefined;
let port: number;

beforeAll(async () => {
  sandbox = startSandboxCluster({ name: 'only', namespaces: ['vice-apps'] });
  await startDeployer();
  const uri = await freshDatabase();
  db = database(uri);
  coordinator = await runCoordinator(uri, { probeEveryMs: 100 });
  [clusterId = ''] = await register(coordinator.url, [{ name: 'only', url: `http://127.0.0.1:${port}` }]);
});
afterAll(async () => {
  await coordinator.stop();
  await db.close();
  await deployer?.stop();
  await sandbox.stop();
});

async function startDeployer(): Promise<void> {
  deployer = createStandalone(deployerConfig(sandbox.kubeconfig, port ?? 0), capturedLog().log);
  port = Number(new URL(deployer.url).port);
  await deployer.connected;
}

/** A deployer that dies at this moment of the work takes the place of the one that runs, and a new one takes its place when it is dead. */
async function crash(moment: Moment, work: () => Promise<unknown>): Promise<void> {
  await deployer?.stop();
  deployer = undefined;
  const order: CrashingDeployer = { ...moment, kubeconfig: sandbox.kubeconfig, port };
  await using stack = new AsyncDisposableStack();
  const spawned = Bun.spawn([process.execPath, program, JSON.stringify(order)], { stdout: 'pipe', stderr: 'inherit' });
  const child = stack.adopt(spawned, (one) => one.kill('SIGKILL'));
  const { value } = await child.stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toBe('ready\n');
  await untilHealthy(coordinator.url, clusterId);
  const working = work();
  await child.exited;
  expect(child.signalCode).toBe('SIGKILL');
  await startDeployer();
  await working;
}

const launch = (uuid: string) => send(`${coordinator.url}/vice/launch`, { ...example, uuid }).then(({ status }) => status);
const isSettled = (row: Row | undefined) =>
  row !== undefined && row.removal_due === null && !['reserved', 'applying', 'stopping'].includes(row.state);

async function settled(uuid: string): Promise<Row | undefined> {
  await waitFor(async () => isSettled(await db.row(uuid)), { timeoutMs: PATIENCE_MS, what: `the end of ${uuid}` });
  return db.row(uuid);
}

const ofSpec = (uuid: string) => objectsIn(sandbox, uuid).filter((name) => !/^(ReplicaSet|Pod|EndpointSlice)\//.test(name));

group('a deployer that is killed during a launch and started again', () => {
  for (const when of ['before', 'after'] as const) {
    for (let call = 1; call <= OBJECTS; call += 1) {
      test(`${when} request ${call}: the analysis runs once or is gone, and the row says which`, async () => {
        const uuid = randomUUID();
        let status = 0;
        await crash({ call, when }, async () => {
          status = await launch(uuid);
        });
        const row = await settled(uuid);
        if (row?.state === 'applied') {
          expect(ofSpec(uuid)).toHaveLength(OBJECTS);
          expect(status).toBe(200);
        } else {
          expect(row?.state).toBe('failed');
          expect(objectsIn(sandbox, uuid)).toEqual([]);
          expect(status).toBe(503);
        }
      });
    }
  }
});

group('a deployer that is killed during an exit and started again', () => {
  for (const when of ['before', 'after'] as const) {
    for (const call of [1, 2]) {
      test(`${when} request ${call}: nothing is left, and the row is stopped`, async () => {
        const uuid = randomUUID();
        await untilHealthy(coordinator.url, clusterId);
        expect(await launch(uuid)).toBe(200);
        await crash({ call, when }, () => send(`${coordinator.url}/vice/${uuid}/exit`));
        expect((await settled(uuid))?.state).toBe('stopped');
        expect(objectsIn(sandbox, uuid)).toEqual([]);
      });
    }
  }
});
