import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { type SandboxCluster, startSandboxCluster } from '../../src/demo/sandbox-cluster.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { waitFor } from '../support/wait-for.ts';

const main = join(import.meta.dir, '../../src/main.ts');

let sandbox: SandboxCluster;
const started: Bun.Subprocess[] = [];

beforeAll(() => {
  sandbox = startSandboxCluster({ name: 'shutdown' });
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});
afterAll(() => sandbox.stop());

interface Running {
  readonly child: Bun.Subprocess<'ignore', 'pipe', 'inherit'>;
  readonly url: string;
  readonly port: number;
}

/** A real deployer, ready. */
async function startDeployer(kubeconfig = sandbox.kubeconfig): Promise<Running> {
  const args = [main, '--mode=standalone', '--hostname=127.0.0.1', '--port=0', '--drain-seconds=25'];
  const env = { PATH: '/usr/bin:/bin', VICE_KUBECONFIG: kubeconfig };
  const child = Bun.spawn([process.execPath, ...args], { env, stdin: 'ignore', stdout: 'pipe', stderr: 'inherit' });
  started.push(child);
  const url = await addressIn(child.stdout);
  await waitFor(async () => (await fetch(`${url}/readyz`)).ok, { timeoutMs: 10_000, what: 'the deployer to be ready' });
  return { child, url, port: Number(new URL(url).port) };
}

/** The address that the first lines of the log tell; what follows is read and forgotten. */
async function addressIn(stdout: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stdout.getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`it ended before it listened: ${text}`);
    text += Buffer.from(value).toString();
    const url = /"url":"([^"]+)"/.exec(text)?.[1];
    if (url === undefined) continue;
    void (async () => {
      while (!(await reader.read()).done);
    })();
    return url;
  }
}

/** A connection on which something is sent; `closed` gives all that came back. */
function open(port: number, bytes: string) {
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  const { promise: sent, resolve: connected } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begins } = Promise.withResolvers<void>();
  let answer = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes, () => connected()));
  socket.on('data', (chunk) => {
    answer += chunk.toString();
    begins();
  });
  socket.on('close', () => resolve(answer));
  socket.on('error', () => {});
  return { sent, begun, closed, write: (more: string) => void socket.write(more) };
}

/** The sandbox, behind something that makes it wait. */
function slowCluster(pause: (request: Request) => Promise<void>) {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request, self) => {
      self.timeout(request, 0); // a watch may be quiet for long
      await pause(request);
      const { pathname, search } = new URL(request.url);
      const { method, headers, signal } = request;
      const body = method === 'GET' ? {} : { body: await request.text() };
      return fetch(`${sandbox.url}${pathname}${search}`, { method, headers, signal, ...body });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}

/** The polls and the drain would take 25 s. */
const WELL_BEFORE_THE_END_MS = 15_000;

const POST = 'POST /api/v1/deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"meta';

test('SIGTERM: long polls are answered at once, half a request is not waited for, and the exit code is 0', async () => {
  const { child, url, port } = await startDeployer();
  const { revision }: { revision: string } = Object(await (await fetch(`${url}/api/v1/deployments`)).json());
  const poll = open(port, `GET /api/v1/deployments?since=${revision}&wait=25 HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  const halves = [open(port, 'GET /livez HTT'), open(port, POST), open(port, '')];
  await Promise.all([poll, ...halves].map(({ sent }) => sent));
  await fetch(`${url}/livez`); // what was sent before is read
  const asked = performance.now();
  child.kill('SIGTERM');
  expect(await poll.closed).toMatch(/^HTTP\/1\.1 304[\s\S]*Connection: close/);
  expect(performance.now() - asked).toBeLessThan(WELL_BEFORE_THE_END_MS);
  expect(await child.exited).toBe(0);
  expect(performance.now() - asked).toBeLessThan(WELL_BEFORE_THE_END_MS);
}, 60_000);

test('SIGTERM: a log that is followed ends in good order', async () => {
  const { child, url, port } = await startDeployer();
  const client = new DeployerClient(url);
  const id = crypto.randomUUID();
  expect((await client.apply(sampleSpec(id))).status).toBe(201);
  await client.untilPhase(id, 'running');
  const log = open(port, `GET /api/v1/deployments/${id}/logs?follow=true HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await log.begun;
  const asked = performance.now();
  child.kill('SIGTERM');
  const answer = await log.closed;
  expect(answer).toStartWith('HTTP/1.1 200');
  expect(answer).toEndWith('\r\n0\r\n\r\n'); // the last chunk: nothing was cut
  expect(await child.exited).toBe(0);
  expect(performance.now() - asked).toBeLessThan(WELL_BEFORE_THE_END_MS);
}, 60_000);

test('SIGTERM: an apply under way ends with its answer, and what comes meanwhile is refused', async () => {
  const { promise: held, resolve: isHeld } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await using slow = slowCluster(async (request) => {
    if (request.method !== 'POST' || !request.url.includes('/deployments')) return;
    isHeld();
    await released;
  });
  const { child, url, port } = await startDeployer(sandbox.kubeconfig.replaceAll(sandbox.url, slow.url));
  const spec = sampleSpec(crypto.randomUUID());
  const body = JSON.stringify(spec);
  const head = `POST /api/v1/deployments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const applying = open(port, head + body);
  await held;
  const late = open(port, 'GET /readyz HTTP/1.1\r\nHost: loc');
  await late.sent;
  await fetch(`${url}/livez`);
  child.kill('SIGTERM');
  await waitFor(() => refused(url), { timeoutMs: 5_000, what: 'the listener to be closed' });
  late.write('alhost\r\n\r\n');
  expect(await late.closed).toMatch(/^HTTP\/1\.1 503[\s\S]*Connection: close/);
  release();
  expect(await applying.closed).toMatch(/^HTTP\/1\.1 201[\s\S]*Connection: close/);
  expect(await child.exited).toBe(0);
  const after = await startDeployer();
  expect((await new DeployerClient(after.url).apply(spec)).status).toBe(200);
}, 60_000);

test('a second signal ends the process at once, as the signal would have', async () => {
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    const { child, url, port } = await startDeployer();
    const half = open(port, POST);
    await half.sent;
    await fetch(`${url}/livez`);
    child.kill(signal);
    await waitFor(() => refused(url), { timeoutMs: 5_000, what: 'the listener to be closed' });
    const asked = performance.now();
    child.kill(signal);
    expect(await child.exited).toBe(code);
    expect(performance.now() - asked).toBeLessThan(WELL_BEFORE_THE_END_MS);
  }
}, 60_000);

async function refused(url: string): Promise<boolean> {
  return fetch(`${url}/livez`, { keepalive: false }).then(
    () => false,
    () => true,
  );
}
