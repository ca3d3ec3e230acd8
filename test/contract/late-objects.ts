import { describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Connected } from '../../src/adapters/kubernetes/connect.ts';
import { transferPrograms } from '../../src/adapters/transfer-program/transfer-program.ts';
import type { DeployerConfig } from '../../src/config/deployer.ts';
import type { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { liveInventory } from '../../src/deployer/capabilities/live-inventory.ts';
import { createDeployer, type Deployer } from '../../src/deployer/deployer.ts';
import { liveObserver } from '../../src/deployer/observe/live.ts';
import { FencedError, TerminatingError } from '../../src/errors/errors.ts';
import { startStandalone } from '../../src/modes/standalone.ts';
import { BUILT_IN_POLICY } from '../../src/schema/read-policy.ts';
import { holding, type Interceptor, interceptedKubernetes } from './intercepted-kubernetes.ts';
import { sampleSpec } from './sample-spec.ts';

/** A cluster to be late in. */
export interface LateGround {
  readonly config: DeployerConfig;
  connect(): Connected;
  readonly objects: ClusterObjects;
}

const CASE_MS = 120_000;
const silent = pino({ level: 'silent' });

/** What a request of an apply brings to the cluster after the analysis was removed must not stay there: nothing owns a volume. */
export function lateObjectCases(given: () => LateGround): void {
  describe('a removal that overtakes the launch', () => {
    for (const when of ['before', 'after'] as const) {
      for (const call of ['create ConfigMap/vice-', 'create PersistentVolume/', 'create PersistentVolumeClaim/', 'create Deployment/']) {
        for (const remover of ['the same deployer', 'another one'] as const) {
          test(
            `leaves nothing when ${remover} does it ${when} "${call}" is done`,
            async () => {
              const { objects } = given();
              const id = randomUUID();
              const held = holding(call, when);
              await withDeployers(given(), held.intercept, async (slow, quick) => {
                const launch = slow.apply(sampleSpec(id));
                await held.reached;
                // Whoever removes may have to wait for what the launch has made so far.
                await (remover === 'another one' ? quick : slow).removeFully(id, '?attempt=1&fence=true');
                held.release();
                const { status, code } = await launch;
                expect(status).toBe(409);
                expect(['terminating', 'fenced']).toContain(code);
                await untilOnlyFence(objects, id);
              });
            },
            CASE_MS,
          );
        }
      }
    }

    test(
      'leaves nothing when the deployer keeps nothing in memory, as on Lambda',
      async () => {
        const { objects } = given();
        const id = randomUUID();
        const held = holding('create PersistentVolume/', 'before');
        const slow = forgetful(given(), held.intercept);
        const launch = slow.apply(sampleSpec(id), 'test').catch((err: unknown) => err);
        await held.reached;
        const scope = { attempt: 1, fence: { attempt: 1 } };
        const quick = forgetful(given(), (_, forward) => forward());
        while (!(await quick.remove(sampleSpec(id).metadata.external_id, scope)).gone);
        held.release();
        const error = await launch;
        expect(error instanceof TerminatingError || error instanceof FencedError).toBe(true);
        await untilOnlyFence(objects, id);
      },
      CASE_MS,
    );
  });
}

/** A removal is of an attempt and of those before it; what comes after it, it must not touch. */
export function overtakenRemovalCases(given: () => LateGround): void {
  describe('a launch that overtakes the removal of an earlier attempt', () => {
    for (const [what, tag] of [
      ['the same spec', undefined],
      ['another spec', 'another'],
    ] as const) {
      test(
        `stays whole: ${what}`,
        async () => {
          const { objects } = given();
          const id = randomUUID();
          const held = holding('remove ConfigMap/vice-', 'before');
          await withDeployers(given(), held.intercept, async (slow, quick) => {
            await slow.apply(sampleSpec(id, { attempt: 1 }));
            const removal = slow.remove(id, '?attempt=1');
            await held.reached;
            if (tag !== undefined) await quick.removeFully(id, '?attempt=1');
            const later = sampleSpec(id, { attempt: 2, ...(tag !== undefined && { tag }) });
            expect([200, 201]).toContain((await quick.apply(later)).status);
            const before = await objects.namesOf(id);
            held.release();
            expect((await removal).status).toBe(200);
            expect(await objects.namesOf(id)).toEqual(before);
            const volume = await objects.find('PersistentVolume', `csi-data-volume-${id}`);
            expect(volume?.metadata.deletionTimestamp).toBeUndefined();
            await quick.removeFully(id, '?attempt=2');
            await objects.untilNothing(id);
          });
        },
        CASE_MS,
      );
    }
  });
}

async function withDeployers(
  ground: LateGround,
  intercept: Interceptor,
  work: (slow: DeployerClient, quick: DeployerClient) => Promise<void>,
): Promise<void> {
  const connected = ground.connect();
  const kubernetes = interceptedKubernetes(connected.kubernetes, intercept);
  const slow = startStandalone(ground.config, silent, { ...connected, kubernetes });
  const quick = startStandalone(ground.config, silent, ground.connect());
  await Promise.all([slow.connected, quick.connected]);
  try {
    await work(new DeployerClient(slow.url), new DeployerClient(quick.url));
  } finally {
    await Promise.all([slow.stop(), quick.stop()]);
  }
}

function forgetful({ config, connect }: LateGround, intercept: Interceptor): Deployer {
  const { logs, discovery, ...connected } = connect();
  const kubernetes = interceptedKubernetes(connected.kubernetes, intercept);
  const { namespace } = config;
  const now = () => new Date();
  return createDeployer({
    kubernetes,
    observer: liveObserver({ reader: kubernetes, namespace, now }),
    inventory: liveInventory(kubernetes, 'analysis', now),
    discovery,
    logs,
    transfers: transferPrograms(undefined, namespace),
    namespace,
    policy: BUILT_IN_POLICY,
    log: silent,
    now,
    version: 'test',
  });
}

async function untilOnlyFence(objects: ClusterObjects, id: string): Promise<void> {
  let names: readonly string[] = [];
  for (let tries = 0; tries < 300; tries += 1) {
    names = await objects.namesOf(id);
    if (names.length === 1 && names[0] === `ConfigMap/vice-${id}`) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`more than the fence is left: ${names.join(', ')}`);
}
