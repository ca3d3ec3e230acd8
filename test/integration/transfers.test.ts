import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { startStandalone } from '../../src/modes/standalone.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { type SandboxGround, sandboxGround } from '../contract/sandbox-ground.ts';
import { goldenSpecUnder } from '../golden/golden-spec.ts';
import { startTransferSidecars, type TransferSidecar, type TransferSidecars } from '../support/transfer-sidecar.ts';

let ground: SandboxGround;
let sidecars: TransferSidecars;
let deployer: DeployerClient;
/** Of an analysis whose files are copied, and of its program. */
let id: string;
let sidecar: TransferSidecar;
const stops: (() => Promise<void>)[] = [];

async function startDeployer(transferUrl: string | undefined = sidecars.template) {
  const config = { ...ground.config, ...(transferUrl !== undefined && { transferUrl }) };
  const standalone = startStandalone(config, pino({ level: 'silent' }), ground.connect());
  await standalone.connected;
  return { client: new DeployerClient(standalone.url), stop: () => standalone.stop() };
}

const copiedSpec = (externalId: string) => goldenSpecUnder('inputs-copied', externalId);

beforeAll(async () => {
  ground = await sandboxGround();
  sidecars = startTransferSidecars();
  const { client, stop } = await startDeployer();
  deployer = client;
  stops.push(stop);
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await sidecars.stop();
  await ground.stop();
});
beforeEach(async () => {
  id = randomUUID();
  sidecar = sidecars.of(id);
  expect((await deployer.apply(await copiedSpec(id))).status).toBe(201);
});

const starts = (of = sidecar) => of.requests.filter((request) => request.startsWith('POST')).length;

test('the Service of every analysis whose files are copied leads to the program at the port that the deployer asks', async () => {
  const { service } = await copiedSpec(id);
  expect(service.metadata.name).toBe(`vice-${id}`);
  expect(service.spec?.ports).toContainEqual({ name: 'tcp-input', protocol: 'TCP', port: 60_001, targetPort: 'tcp-input' });
});

describe.each(['download', 'upload'] as const)('a %s', (type) => {
  test('is requested, then runs, and is completed when its program says so', async () => {
    expect((await deployer.transferState(id, type)).code).toBe('not_found');
    const started = await deployer.startTransfer(id, type);
    expect([started.status, started.body.status, started.body.uuid]).toEqual([202, 'requested', expect.any(String)]);
    const { uuid } = started.body;
    expect((await deployer.transferState(id, type)).body).toMatchObject({ external_id: id, type, uuid, status: 'running' });
    sidecar.end('completed');
    const { body } = await deployer.transferState(id, type);
    expect(body).toMatchObject({ uuid, status: 'completed', completed_at: '2026-03-01T12:34:56.000Z' });
    expect(Date.parse(body.started_at ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(starts()).toBe(1);
  });

  test('that failed says what to do, and the next request starts another', async () => {
    const first = (await deployer.startTransfer(id, type)).body.uuid;
    sidecar.end('failed');
    const { body } = await deployer.transferState(id, type);
    expect(body).toMatchObject({ uuid: first, status: 'failed', hint: expect.stringContaining('input-files') });
    const second = (await deployer.startTransfer(id, type)).body.uuid;
    expect(second).not.toBe(first);
    expect(starts()).toBe(2);
  });

  test('that runs is joined, by ten at once and through two deployers: the program is asked to start one', async () => {
    const other = await startDeployer();
    const asked = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? deployer : other.client).startTransfer(id, type));
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202));
    expect(new Set(answers.map(({ body }) => body.uuid)).size).toBe(1);
    expect((await deployer.startTransfer(id, type)).body).toMatchObject({ uuid: answers[0]?.body.uuid, status: 'running' });
    expect(starts()).toBe(1);
    await other.stop();
  });

  test('goes on while the deployer is restarted, and the next one asks the program how it went', async () => {
    const before = await startDeployer();
    const { uuid } = (await before.client.startTransfer(id, type)).body;
    await before.stop();
    sidecar.end('completed');
    const after = await startDeployer();
    expect((await after.client.transferState(id, type)).body).toMatchObject({ uuid, status: 'completed' });
    await after.stop();
  });

  test('whose program was restarted is lost, and never completed; the next request starts another', async () => {
    const { uuid } = (await deployer.startTransfer(id, type)).body;
    sidecar.restart();
    expect((await deployer.transferState(id, type)).body).toMatchObject({ uuid, status: 'lost', hint: expect.any(String) });
    expect((await deployer.startTransfer(id, type)).body.status).toBe('requested');
    expect((await deployer.transferState(id, type)).body.status).toBe('running');
  });
});

test('the two types do not know of each other', async () => {
  await deployer.startTransfer(id, 'download');
  sidecar.end('completed');
  expect((await deployer.transferState(id, 'upload')).code).toBe('not_found');
  const upload = (await deployer.startTransfer(id, 'upload')).body.uuid;
  expect((await deployer.transferState(id, 'download')).body.status).toBe('completed');
  expect((await deployer.transferState(id, 'upload')).body).toMatchObject({ uuid: upload, status: 'running' });
});

test('a later attempt of the same spec leaves the pods as they are, and what is known of their transfers', async () => {
  const { uuid } = (await deployer.startTransfer(id, 'upload')).body;
  const spec = await copiedSpec(id);
  expect((await deployer.apply({ ...spec, metadata: { ...spec.metadata, attempt: 7 } })).body.attempt).toBe(7);
  expect((await deployer.transferState(id, 'upload')).body).toMatchObject({ uuid, status: 'running' });
});

test('an analysis that is being removed takes no transfer', async () => {
  const release = await ground.objects.hold('Service', `vice-${id}`);
  expect((await deployer.remove(id)).status).toBe(202);
  const { status, code } = await deployer.startTransfer(id, 'upload');
  expect([status, code]).toEqual([409, 'conflict']);
  expect(starts()).toBe(0);
  await release();
});

test('where the data store is mounted every transfer is completed at once, and nobody is asked', async () => {
  const mounted = randomUUID();
  await deployer.apply(sampleSpec(mounted));
  for (const type of ['download', 'upload']) {
    expect((await deployer.startTransfer(mounted, type)).body).toMatchObject({ status: 'completed', message: expect.any(String) });
    expect((await deployer.transferState(mounted, type)).body.status).toBe('completed');
  }
  expect(sidecars.of(mounted).requests).toEqual([]);
});

describe('a program that does not do what it should', () => {
  const refusals = [
    ['refuses', () => new Response('no', { status: 400 }), 503],
    ['answers with a page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), 502],
    ['fails', () => new Response('panic', { status: 500 }), 503],
    ['sends us elsewhere', () => Response.redirect('http://127.0.0.1:1/'), 502],
    ['never stops talking', () => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) })), 502],
    ['names no transfer', () => Response.json({ uuid: '../../upload', status: 'completed' }), 502],
    ['invents a state', () => Response.json({ uuid: randomUUID(), status: 'done' }), 502],
  ] as const;
  for (const [what, answer, status] of refusals) {
    test(`and ${what} is told as that, and nothing counts as transferred`, async () => {
      sidecar.mischief = answer;
      const started = await deployer.startTransfer(id, 'upload');
      expect([started.status, started.problem.retryable]).toEqual([status, true]);
      // After a refusal nothing was started; after anything else something may have been.
      const state = await deployer.transferState(id, 'upload');
      if (what === 'refuses') expect(state.code).toBe('not_found');
      else expect(state.body.status).toBe('requested');

      sidecar.mischief = () => undefined;
      await deployer.startTransfer(id, 'download');
      sidecar.mischief = answer;
      expect((await deployer.transferState(id, 'download')).status).toBe(what === 'refuses' ? 502 : status);
    });
  }

  test('and tells of another transfer than it was asked for is not believed', async () => {
    await deployer.startTransfer(id, 'upload');
    sidecar.mischief = () => Response.json({ uuid: randomUUID(), status: 'completed' });
    expect((await deployer.transferState(id, 'upload')).status).toBe(502);
  });
});

test('a start whose answer was lost is not repeated while it may have happened', async () => {
  sidecar.mischief = () => new Response('panic', { status: 500 });
  expect((await deployer.startTransfer(id, 'upload')).status).toBe(503);
  sidecar.mischief = () => undefined;
  const again = await deployer.startTransfer(id, 'upload');
  expect([again.status, again.body.status, again.body.uuid]).toEqual([202, 'requested', undefined]);
  expect((await deployer.transferState(id, 'upload')).body.status).toBe('requested');
  expect(starts()).toBe(1);
});

test('a program that cannot be reached is 503, its state too: that is neither completed nor failed', async () => {
  const own = startTransferSidecars();
  const { client, stop } = await startDeployer(own.template);
  await client.startTransfer(id, 'upload');
  own.of(id).end('completed');
  expect((await client.transferState(id, 'upload')).body.status).toBe('completed');
  await own.stop();
  const { status, code, problem } = await client.startTransfer(id, 'upload');
  expect([status, code, problem.retryable]).toEqual([503, 'unavailable', true]);
  expect((await client.transferState(id, 'upload')).code).toBe('unavailable');
  await stop();
});

test('a deployer outside of the cluster says that it has no way, and which flag gives it one', async () => {
  const config = { ...ground.config };
  const standalone = startStandalone(config, pino({ level: 'silent' }), ground.connect());
  await standalone.connected;
  const { status, code, problem } = await new DeployerClient(standalone.url).startTransfer(id, 'upload');
  expect([status, code]).toEqual([503, 'unavailable']);
  expect(problem.detail).toContain('--transfer-url');
  await standalone.stop();
});
