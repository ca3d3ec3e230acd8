import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { objectNames } from '../../src/deployer/manifests.ts';
import { ClusterFullError, UnavailableError } from '../../src/errors/errors.ts';
import { startStandalone } from '../../src/modes/standalone.ts';
import { waitFor } from '../support/wait-for.ts';
import { holding, type Interceptor, interceptedKubernetes } from './intercepted-kubernetes.ts';
import { sampleSpec } from './sample-spec.ts';
import { type SandboxGround, sandboxGround } from './sandbox-ground.ts';

let ground: SandboxGround;
beforeAll(async () => {
  ground = await sandboxGround();
});
afterAll(() => ground.stop());

/** Runs `work` with a deployer whose cluster does what `intercept` says. */
async function withDeployer(intercept: Interceptor, work: (deployer: DeployerClient) => Promise<void>): Promise<void> {
  const connected = ground.connect();
  const kubernetes = interceptedKubernetes(connected.kubernetes, intercept);
  const standalone = startStandalone(ground.config, pino({ level: 'silent' }), { ...connected, kubernetes });
  await standalone.connected;
  try {
    await work(new DeployerClient(standalone.url));
  } finally {
    await standalone.stop();
  }
}

/** Fails every call that begins with `call`, while it is told to; `done`: after the cluster did what was asked. */
function failing(call: string, error: Error, done = false) {
  let isFailing = true;
  const intercept: Interceptor = async (name, forward) => {
    if (!isFailing || !name.startsWith(call)) return forward();
    if (done) await forward();
    throw error;
  };
  return {
    intercept,
    heal: () => {
      isFailing = false;
    },
  };
}

const noAnswer = new UnavailableError('the kube-apiserver did not answer');
const quota = new ClusterFullError('exceeded quota: none');

describe('an apply whose cluster does not answer', () => {
  for (const kind of ['Service', 'PersistentVolume', 'PersistentVolumeClaim', 'Deployment']) {
    for (const done of [false, true]) {
      test(`for the ${kind}, ${done ? 'although it did it' : 'and did nothing'}: 503 says what is there, and the same request completes it`, async () => {
        const id = randomUUID();
        const spec = sampleSpec(id);
        const fault = failing(`create ${kind}/`, noAnswer, done);
        await withDeployer(fault.intercept, async (deployer) => {
          const { status, code, problem } = await deployer.apply(spec);
          expect([status, code, problem.retryable]).toEqual([503, 'unavailable', true]);
          const { applied = [], unknown = [] } = problem.details ?? {};
          expect([applied, unknown].flat().sort()).toEqual([...objectNames(spec)]);
          expect(JSON.stringify(unknown)).toContain(kind);
          expect((await deployer.status(id)).status).toBe(200);
          fault.heal();
          const again = await deployer.apply(spec);
          expect([again.status, again.body.phase === 'incomplete']).toEqual([200, false]);
          expect(await ground.objects.namesOf(id)).toEqual([`ConfigMap/vice-${id}`, ...objectNames(spec)].sort());
          await deployer.removeFully(id);
          await ground.objects.untilNothing(id);
        });
      });
    }
  }

  test('for the anchor, although it made it: the same request goes on under it', async () => {
    const id = randomUUID();
    const fault = failing('create ConfigMap/vice-', noAnswer, true);
    await withDeployer(fault.intercept, async (deployer) => {
      expect((await deployer.apply(sampleSpec(id))).status).toBe(503);
      expect((await deployer.untilPhase(id, 'incomplete')).reason_code).toBe('incomplete');
      fault.heal();
      expect((await deployer.apply(sampleSpec(id))).status).toBe(200);
    });
  });
});

describe('an apply that is refused for one object', () => {
  test('takes back all the others, and is told as the refusal', async () => {
    const id = randomUUID();
    await withDeployer(failing('create Deployment/', quota).intercept, async (deployer) => {
      const { status, code, problem } = await deployer.apply(sampleSpec(id));
      expect([status, code, problem.retryable]).toEqual([409, 'cluster_full', true]);
      await ground.objects.untilNothing(id);
      expect((await deployer.status(id)).status).toBe(404);
    });
  });

  test('is a refusal also when another object got no answer at the same time', async () => {
    const id = randomUUID();
    const intercept: Interceptor = (name, forward) => {
      if (name.startsWith('create Service/')) throw noAnswer;
      if (name.startsWith('create Deployment/')) throw quota;
      return forward();
    };
    await withDeployer(intercept, async (deployer) => {
      expect((await deployer.apply(sampleSpec(id))).code).toBe('cluster_full');
      await ground.objects.untilNothing(id);
    });
  });

  test('does not take down what ran before', async () => {
    const id = randomUUID();
    const fault = failing('apply Service/', quota);
    await withDeployer(fault.intercept, async (deployer) => {
      await deployer.apply(sampleSpec(id));
      expect((await deployer.apply(sampleSpec(id))).code).toBe('cluster_full');
      expect((await ground.objects.namesOf(id)).length).toBe(objectNames(sampleSpec(id)).length + 1);
    });
  });
});

describe('a removal whose cluster does not answer', () => {
  for (const call of ['remove ConfigMap/', 'remove PersistentVolume/']) {
    test(`to "${call}" is 503 with what is left, has removed the rest, and can be repeated`, async () => {
      const id = randomUUID();
      const fault = failing(call, noAnswer);
      await withDeployer(fault.intercept, async (deployer) => {
        await deployer.apply(sampleSpec(id));
        const { status, problem } = await deployer.remove(id);
        expect(status).toBe(503);
        expect(JSON.stringify(problem.details?.['left'])).toContain(call.includes('Config') ? `ConfigMap/vice-${id}` : `PersistentVolume/`);
        const other = call.includes('Config') ? 'PersistentVolume' : 'ConfigMap';
        const survivors = (await ground.objects.list(other, id)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
        if (other === 'PersistentVolume') expect(survivors).toEqual([]);
        else expect(survivors.map(({ metadata }) => metadata.name)).not.toContain(`vice-${id}`);
        fault.heal();
        await deployer.removeFully(id);
        await ground.objects.untilNothing(id);
      });
    });
  }
});

test('a deployer that is told to end finishes what runs, and takes nothing new', async () => {
  const id = randomUUID();
  const held = holding('create Deployment/', 'before');
  const connected = ground.connect();
  const kubernetes = interceptedKubernetes(connected.kubernetes, held.intercept);
  const standalone = startStandalone({ ...ground.config, drainSeconds: 30 }, pino({ level: 'silent' }), { ...connected, kubernetes });
  const deployer = new DeployerClient(standalone.url);
  await deployer.list();
  const { revision } = (await deployer.list()).body;
  const poll = deployer.list(`?since=${revision}&wait=25`);
  const applied = deployer.apply(sampleSpec(id));
  await held.reached;
  const stopped = standalone.stop();
  // Whoever only waits is answered at once.
  expect([200, 304]).toContain((await poll).status);
  await waitFor(
    () =>
      fetch(`${standalone.url}/livez`).then(
        () => false,
        () => true,
      ),
    { timeoutMs: 60_000, what: 'the port to be closed' },
  );
  held.release();
  expect((await applied).status).toBe(201);
  await stopped;
  expect((await ground.objects.namesOf(id)).length).toBe(objectNames(sampleSpec(id)).length + 1);
});
