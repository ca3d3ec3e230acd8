import { afterAll, beforeAll, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { pino } from 'pino';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { startStandalone } from '../../src/modes/standalone.ts';
import { waitFor } from '../support/wait-for.ts';
import { interceptedKubernetes } from './intercepted-kubernetes.ts';
import { sampleSpec } from './sample-spec.ts';
import { type SandboxGround, sandboxGround } from './sandbox-ground.ts';

let ground: SandboxGround;
beforeAll(async () => {
  ground = await sandboxGround();
});
afterAll(() => ground.stop());

/** A deployer that takes on two applies at once, and a cluster that answers none of its creates before it is told to. */
async function busyDeployer() {
  const calls: string[] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const connected = ground.connect();
  const kubernetes = interceptedKubernetes(connected.kubernetes, async (call, forward) => {
    calls.push(call);
    if (call.startsWith('create ')) await released;
    return forward();
  });
  const standalone = startStandalone({ ...ground.config, maxApplies: 2 }, pino({ level: 'silent' }), { ...connected, kubernetes });
  await standalone.connected;
  const deployer = new DeployerClient(standalone.url);
  await deployer.list();
  const untilCalled = (call: string) => waitFor(() => calls.includes(call), { timeoutMs: 60_000, everyMs: 5, what: call });
  return { deployer, calls, release, untilCalled, [Symbol.asyncDispose]: () => standalone.stop() };
}

const post = (url: string, body: string) =>
  fetch(`${url}/api/v1/deployments`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });

test('of more applies than it takes on, the deployer refuses the rest at once, untouched, with a time to come again', async () => {
  await using busy = await busyDeployer();
  const { deployer, calls, release, untilCalled } = busy;
  const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
  const applied = [one, two].map((id) => deployer.apply(sampleSpec(id)));
  await Promise.all([one, two].map((id) => untilCalled(`create ConfigMap/vice-${id}`)));

  const refused = await deployer.apply(sampleSpec(three));
  expect([refused.status, refused.code, refused.problem.retryable]).toEqual([429, 'overloaded', true]);
  // Not even read: the fault in it stays unseen.
  const unread = await post(deployer.url, `{${' '.repeat(900_000)}`);
  expect([unread.status, unread.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await unread.json()).toMatchObject({ code: 'overloaded' });
  expect(calls.filter((call) => call.includes(three))).toEqual([]);

  // What makes room, or only looks, is let through.
  expect((await deployer.remove(three)).status).toBe(200);
  expect((await deployer.list()).status).toBe(200);

  release();
  expect((await Promise.all(applied)).map(({ status }) => status)).toEqual([201, 201]);
  expect((await deployer.apply(sampleSpec(three))).status).toBe(201);
});

test('a request that is broken off while it is sent takes nobody its place', async () => {
  await using busy = await busyDeployer();
  busy.release();
  const port = Number(new URL(busy.deployer.url).port);
  for (let n = 0; n < 2; n += 1) {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const head = 'POST /api/v1/deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"meta';
    const socket = connect(port, '127.0.0.1', () => socket.write(head, () => socket.destroy()));
    socket.on('close', () => resolve());
    await closed;
  }
  const taken = async () => (await busy.deployer.apply(sampleSpec(randomUUID()))).status === 201;
  await waitFor(taken, { timeoutMs: 60_000, what: 'room' });
});

test('an apply whose caller leaves keeps its place until it has ended', async () => {
  await using busy = await busyDeployer();
  const { deployer, release, untilCalled } = busy;
  const leaving = new AbortController();
  const ids = [randomUUID(), randomUUID()];
  for (const id of ids) {
    const body = JSON.stringify(sampleSpec(id));
    const headers = { 'content-type': 'application/json' };
    const left = fetch(`${deployer.url}/api/v1/deployments`, { method: 'POST', body, headers, signal: leaving.signal }).catch(() => 'left');
    await untilCalled(`create ConfigMap/vice-${id}`);
    if (id === ids[1]) leaving.abort();
    if (id === ids[1]) expect(await left).toBe('left');
  }
  expect((await deployer.apply(sampleSpec(randomUUID()))).code).toBe('overloaded');
  release();
  for (const id of ids) {
    const isWhole = async () => {
      const { status, body } = await deployer.status(id);
      return status === 200 && body.phase !== 'incomplete';
    };
    await waitFor(isWhole, { timeoutMs: 60_000, what: `${id} to be applied` });
  }
});
