import { afterAll, beforeAll, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import type { LogRequest, LogSource } from '../../src/deployer/logs/ports.ts';
import { startStandalone } from '../../src/modes/standalone.ts';
import type { LogRecord } from '../../src/schema/logs.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { type SandboxGround, sandboxGround } from '../contract/sandbox-ground.ts';
import { waitFor } from '../support/wait-for.ts';

let ground: SandboxGround;
beforeAll(async () => {
  ground = await sandboxGround();
});
afterAll(() => ground.stop());

/** A container that writes when a test says so, and all who follow it. */
class TalkingContainer implements LogSource {
  readonly asked: { readonly request: LogRequest; readonly signal: AbortSignal; readonly say: (text: string) => Promise<void> }[] = [];

  async open(request: LogRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const pipe = new TransformStream<Uint8Array, Uint8Array>();
    const writer = pipe.writable.getWriter();
    signal.addEventListener('abort', () => void writer.abort(signal.reason).catch(() => {}));
    this.asked.push({ request, signal, say: (text) => writer.write(new TextEncoder().encode(text)) });
    return pipe.readable;
  }

  untilFollowed(times: number): Promise<boolean> {
    return waitFor(() => this.asked.length >= times, { timeoutMs: 60_000, everyMs: 5, what: 'the log to be opened' });
  }

  untilStopped(which = 0): Promise<boolean> {
    return waitFor(() => this.asked[which]?.signal.aborted, { timeoutMs: 60_000, everyMs: 5, what: 'the cluster to be told to stop' });
  }
}

async function follow(drainSeconds = 20) {
  const container = new TalkingContainer();
  const standalone = startStandalone({ ...ground.config, drainSeconds }, pino({ level: 'silent' }), { ...ground.connect(), logs: container });
  await standalone.connected;
  const deployer = new DeployerClient(standalone.url);
  const id = randomUUID();
  await deployer.apply(sampleSpec(id));
  await deployer.untilPhase(id, 'running');
  return { container, deployer, id, stop: () => standalone.stop(), [Symbol.asyncDispose]: () => standalone.stop() };
}

const nextOf = async (records: AsyncIterator<LogRecord>) => (await records.next()).value;

test('a line is told as it is written, and a reader who leaves ends the request to the cluster', async () => {
  await using stage = await follow();
  const { container, deployer, id } = stage;
  const records = deployer.follow(id, '&tail-lines=5&timestamps=true');
  expect(await nextOf(records)).toMatchObject({ container: 'analysis' });
  const [first] = container.asked;
  expect(first?.request).toMatchObject({ container: 'analysis', follow: true, tailLines: 5, timestamps: true, previous: false });
  for (const line of ['one', 'two']) {
    void first?.say(`${line}\n`);
    expect(await nextOf(records)).toEqual({ line });
  }
  expect(first?.signal.aborted).toBe(false);
  await records.return(undefined);
  await container.untilStopped();
});

test('a reader who leaves while nothing is written is noticed all the same', async () => {
  await using stage = await follow();
  const { container, deployer, id } = stage;
  const leaving = new AbortController();
  const response = await fetch(`${deployer.url}/api/v1/deployments/${id}/logs?follow=true`, { signal: leaving.signal });
  expect(response.status).toBe(200);
  await container.untilFollowed(1);
  leaving.abort();
  await container.untilStopped();
});

test('a deployer that is drained tells its readers, stops the cluster, and does not wait for them', async () => {
  const { container, deployer, id, stop } = await follow(60);
  const records = deployer.follow(id);
  await nextOf(records);
  const started = performance.now();
  const [last] = await Promise.all([nextOf(records), stop()]);
  expect(last).toEqual({ end: 'deployer_ending' });
  expect((await records.next()).done).toBe(true);
  expect(container.asked[0]?.signal.aborted).toBe(true);
  // Half of what it may take to drain: it did not wait for the end of its patience.
  expect(performance.now() - started).toBeLessThan(30_000);
});

test('of too many readers the rest is refused with a time to come again, and one that leaves makes room', async () => {
  await using stage = await follow();
  const { container, deployer, id } = stage;
  const readers = Array.from({ length: 100 }, () => deployer.follow(id));
  await Promise.all(readers.map(nextOf));
  expect(container.asked).toHaveLength(100);
  const refused = await deployer.logs(id);
  expect([refused.status, refused.code, refused.problem.retryable]).toEqual([429, 'overloaded', true]);
  expect((await deployer.logs(id, '?follow=true')).code).toBe('overloaded');
  expect((await deployer.status(id)).status).toBe(200);

  await readers.pop()?.return(undefined);
  const isIn = async () => {
    const response = await deployer.get(`/api/v1/deployments/${id}/logs?follow=true`);
    await response.body?.cancel();
    return response.status === 200;
  };
  await waitFor(isIn, { timeoutMs: 60_000, what: 'room' });
  await Promise.all(readers.map((reader) => reader.return(undefined)));
});
