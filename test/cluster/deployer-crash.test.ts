import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { Slots } from '../../src/adapters/kubernetes/slots.ts';
import { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { objectNames } from '../../src/deployer/manifests.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { testClusters } from './clusters.ts';
import type { CrashOrder } from './deployer-crash-child.ts';
import { startDeployer } from './deployer-subject.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

const [cluster] = testClusters();
const MINUTES = 60_000;
let space: OwnNamespace;
let objects: ClusterObjects;

beforeAll(async () => {
  space = await ownNamespace(cluster, 'crash');
  objects = new ClusterObjects(space.kube, space.namespace);
}, MINUTES);
afterAll(() => space.drop(), MINUTES);

/** Most of each case is waiting for the cluster, so a few of them run at once. */
const slots = new Slots(3);
const never = new AbortController().signal;

function crashTest(name: string, work: () => Promise<void>): void {
  test.concurrent(name, () => slots.run(work, never), 10 * MINUTES);
}

type Order = Pick<CrashOrder, 'externalId' | 'work' | 'call' | 'when'>;

/** Runs a deployer that is to die. False: its work has fewer requests than that, and it ended well. */
async function crash(order: Order): Promise<boolean> {
  const told: CrashOrder = { ...order, kubeconfig: cluster.kubeconfig, namespace: space.namespace };
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/deployer-crash-child.ts`, JSON.stringify(told)], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
    timeout: MINUTES,
  });
  const code = await child.exited;
  if (child.signalCode === 'SIGKILL') return true;
  expect(code).toBe(0);
  return false;
}

/** Works with a deployer that was started after the crash and knows nothing of what was before. */
async function afterwards(work: (deployer: DeployerClient) => Promise<void>): Promise<void> {
  const standalone = await startDeployer(cluster, space.namespace);
  try {
    await work(new DeployerClient(standalone.url));
  } finally {
    await standalone.stop();
  }
}

async function expectWhole(id: string): Promise<void> {
  expect(await objects.namesOf(id)).toEqual([`ConfigMap/vice-${id}`, ...objectNames(sampleSpec(id))].sort());
  const path = `/apis/apps/v1/namespaces/${space.namespace}/replicasets?labelSelector=external-id%3D${id}`;
  expect(await space.kube.list(path)).toHaveLength(1);
}

/** Every request of the work, and one more to see that there are no others. */
const applyCalls = objectNames(sampleSpec('x')).length + 1;

describe('a deployer that is killed while it applies', () => {
  for (const when of ['before', 'after'] as const) {
    for (let call = 1; call <= applyCalls; call += 1) {
      crashTest(
        `${when} request ${call}: what is there is never "not found", the same request completes it, and a removal leaves nothing`,
        async () => {
          const id = randomUUID();
          expect(await crash({ externalId: id, work: 'apply', call, when })).toBe(true);
          await afterwards(async (deployer) => {
            const isThere = (await objects.namesOf(id)).length > 0;
            expect((await deployer.status(id)).status).toBe(isThere ? 200 : 404);
            expect([200, 201]).toContain((await deployer.apply(sampleSpec(id))).status);
            await deployer.untilPhase(id, 'running');
            await expectWhole(id);
            await deployer.removeFully(id);
            await objects.untilNothing(id);
          });
        },
      );
    }
  }

  crashTest('never makes more requests than objects', async () => {
    const id = randomUUID();
    expect(await crash({ externalId: id, work: 'apply', call: applyCalls + 1, when: 'before' })).toBe(false);
    await afterwards((deployer) => deployer.removeFully(id));
  });

  for (const call of [1, 2, applyCalls]) {
    crashTest(`after request ${call}: a removal instead leaves nothing`, async () => {
      const id = randomUUID();
      await crash({ externalId: id, work: 'apply', call, when: 'after' });
      await afterwards((deployer) => deployer.removeFully(id));
      await objects.untilNothing(id);
    });
  }
});

describe('a deployer that is killed while it removes', () => {
  for (const work of ['remove', 'fence'] as const) {
    for (const when of ['before', 'after'] as const) {
      for (const call of work === 'remove' ? [1, 2] : [1, 2, 3]) {
        crashTest(`${when} request ${call} of a ${work}: the same request again leaves nothing, and a launch after it is whole`, async () => {
          const id = randomUUID();
          await afterwards(async (deployer) => {
            await deployer.apply(sampleSpec(id));
            await deployer.untilPhase(id, 'running');
          });
          expect(await crash({ externalId: id, work, call, when })).toBe(true);
          await afterwards(async (deployer) => {
            await deployer.removeFully(id, work === 'fence' ? '?attempt=1&fence=true' : '');
            expect(await objects.namesOf(id)).toEqual(work === 'fence' ? [`ConfigMap/vice-${id}`] : []);
            expect((await deployer.apply(sampleSpec(id, { attempt: 2 }))).status).toBe(201);
            await deployer.removeFully(id);
          });
          await objects.untilNothing(id);
        });
      }
    }
  }
});
