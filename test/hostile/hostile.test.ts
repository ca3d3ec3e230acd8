import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { parse } from 'yaml';
import { answerOf } from '../../src/cli/policy-answer.ts';
import { loadPolicyConfig } from '../../src/config/policy-command.ts';
import { APPLIED_KINDS } from '../../src/deployer/kinds.ts';
import { createStandalone, type Standalone } from '../../src/modes/standalone.ts';
import { check } from '../../src/schema/check.ts';
import { Problem } from '../../src/schema/problem.ts';
import { readPolicy } from '../../src/schema/read-policy.ts';
import { type SandboxGround, sandboxGround } from '../contract/sandbox-ground.ts';
import { goldenText } from '../golden/golden-spec.ts';
import { capturedLog } from '../support/captured-log.ts';
import { waitFor } from '../support/wait-for.ts';
import { type HostileCase, hostileCases, policyFile } from './hostile-case.ts';
import { hostileBytes } from './hostile-spec.ts';

const cases = hostileCases();
const GOLDEN = join(import.meta.dir, '../golden');
/** Where the built-in policy is meant, which has no file. */
const BUILT_IN = '';

let ground: SandboxGround;
const deployers = new Map<string, Standalone>();

beforeAll(async () => {
  ground = await sandboxGround();
  for (const file of new Set(cases.map((hostile) => policyFile(hostile) ?? BUILT_IN))) {
    const policy = readPolicy(file === BUILT_IN ? {} : parse(await Bun.file(file).text()));
    if (!policy.ok) throw new Error(`${file}: ${JSON.stringify(policy.faults)}`);
    const standalone = createStandalone({ ...ground.config, policy: policy.value }, pino({ level: 'silent' }));
    await standalone.connected;
    deployers.set(file, standalone);
  }
});
afterAll(async () => {
  await Promise.all([...deployers.values()].map((deployer) => deployer.stop()));
  await ground.stop();
});

function post(file: string, body: Uint8Array<ArrayBuffer> | string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const url = `${deployers.get(file)?.url}/api/v1/deployments`;
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers }, signal: AbortSignal.timeout(30_000) });
}

/** Everything of the kinds that a deployer writes, whoever it belongs to. */
async function everything(): Promise<string[]> {
  const { objects } = ground;
  const lists = await Promise.all(
    APPLIED_KINDS.map(async (kind) => (await objects.kube.list(objects.collection(kind))).map((object) => [kind, object])),
  );
  return lists.flat().map(([kind, object]) => `${kind}/${Object(object).metadata.name}`);
}

/** In an order that does not matter. */
function sorted(faults: readonly { readonly rule?: string; readonly path: string }[]): string[] {
  return faults.map(({ rule, path }) => `${rule ?? 'schema'} at ${path}`).toSorted();
}

function expectReasons({ because = [], besides }: HostileCase, faults: readonly { readonly rule?: string; readonly path: string }[]): void {
  if (besides === true) expect(sorted(faults)).toEqual(expect.arrayContaining(sorted(because)));
  else expect(sorted(faults)).toEqual(sorted(because));
}

test('the corpus has more than a hundred specs, each with an id and a title of its own', () => {
  expect(cases.length).toBeGreaterThan(100);
  expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
});

test('the log of the deployer tells its administrator what was applied and what was refused, under the id of the request', async () => {
  const { log, lines } = capturedLog();
  const deployer = createStandalone(ground.config, log);
  await deployer.connected;
  const spec = JSON.parse(await goldenText('example'));
  const { external_id } = spec.metadata;
  const post = async (requestId: string) => {
    const headers = { 'content-type': 'application/json', 'x-request-id': requestId };
    const response = await fetch(`${deployer.url}/api/v1/deployments`, { method: 'POST', body: JSON.stringify(spec), headers });
    return response.status;
  };
  expect([await post('asked-1'), await post('asked-2')]).toEqual([201, 200]);
  const remove = async () => (await fetch(`${deployer.url}/api/v1/deployments/${external_id}`, { method: 'DELETE' })).status === 200;
  await waitFor(remove, { timeoutMs: 60_000, what: 'nothing to be left of it' });
  spec.deployment.spec.template.spec.hostNetwork = true;
  expect(await post('asked-3')).toBe(422);
  expect(lines.filter(({ message }) => message === 'a spec was applied')).toMatchObject([
    { level: 'info', request_id: 'asked-1', external_id, is_new: true },
    { level: 'info', request_id: 'asked-2', external_id, is_new: false },
  ]);
  expect(lines.filter(({ message }) => message === 'a spec was refused')).toMatchObject([
    {
      level: 'warn',
      request_id: 'asked-3',
      external_id,
      attempt: 1,
      reason: "the deployer's policy refuses the spec: 1 violation",
      faults: [{ path: 'deployment.spec.template.spec.hostNetwork', rule: 'pod.host-namespaces' }],
    },
  ]);
  await deployer.stop();
});

describe('a deployer refuses, for the stated reasons and with nothing written:', () => {
  for (const hostile of cases) {
    test(`${hostile.id}: ${hostile.title}`, async () => {
      const before = await everything();
      const response = await post(policyFile(hostile) ?? BUILT_IN, await hostileBytes(hostile), hostile.headers);
      const problem = check(Problem, await response.json());
      if (!problem.ok) throw new Error(`no problem document: ${JSON.stringify(problem.faults)}`);
      const { status, code, retryable, faults = [] } = problem.value;
      expectReasons(hostile, faults);
      const expected = hostile.code ?? (hostile.status === 422 ? 'spec_refused' : 'invalid_document');
      expect([response.status, status, code, retryable]).toEqual([hostile.status, hostile.status, expected, false]);
      expect(await everything()).toEqual(before);
    });
  }
});

describe('every golden spec is accepted:', async () => {
  const names = (await readdir(GOLDEN, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const name of names) {
    test(name, async () => {
      const spec = await goldenText(name);
      const { external_id } = JSON.parse(spec).metadata;
      const response = await post(BUILT_IN, spec);
      expect([response.status, await response.json()]).toEqual([201, expect.objectContaining({ external_id })]);
      await fetch(`${deployers.get(BUILT_IN)?.url}/api/v1/deployments/${external_id}`, { method: 'DELETE' });
      await ground.objects.untilNothing(external_id);
    });
  }

  for (const name of new Set(cases.flatMap(({ base = 'example', policy }) => (policy === undefined ? [] : [base])))) {
    test(`${name}, by the narrow policy too`, async () => {
      const spec = await goldenText(name);
      const { external_id } = JSON.parse(spec).metadata;
      const narrow = join(import.meta.dir, 'policies/narrow.yaml');
      expect((await post(narrow, spec)).status).toBe(201);
      await fetch(`${deployers.get(narrow)?.url}/api/v1/deployments/${external_id}`, { method: 'DELETE' });
      await ground.objects.untilNothing(external_id);
    });
  }
});

describe('vice policy check gives the verdict of the deployer on', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vice-hostile-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  // What is wrong with a header is no matter of the document.
  for (const hostile of cases.filter(({ headers }) => headers === undefined)) {
    test(hostile.id, async () => {
      const document = join(folder, 'spec.json');
      await Bun.write(document, await hostileBytes(hostile));
      const file = policyFile(hostile);
      const config = loadPolicyConfig(['check', document, ...(file === undefined ? [] : ['--policy', file])], {});
      if (config.action !== 'check') throw new Error('this was to be a check');
      const { accepted, code, faults = [] } = await answerOf(config);
      expectReasons(hostile, faults);
      expect([accepted, code]).toEqual([false, hostile.code ?? (hostile.status === 422 ? 'spec_refused' : 'invalid_document')]);
    });
  }
});
