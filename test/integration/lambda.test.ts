import { afterAll, beforeAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { type SandboxCluster, startSandboxCluster } from '../../src/demo/sandbox-cluster.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { httpEvent, type LambdaRuntime, startLambdaRuntime } from '../support/lambda-runtime.ts';
import { waitFor } from '../support/wait-for.ts';

const main = join(import.meta.dir, '../../src/main.ts');
const uuid = '07b04ce2-7757-4b21-9e15-0b4c2f44be26';

let sandbox: SandboxCluster;
let runtime: LambdaRuntime;
let lambda: Bun.Subprocess<'ignore', 'pipe', 'pipe'>;

/** The function as Lambda starts it: no arguments, everything in the environment. */
function startFunction(env: Record<string, string>) {
  const facts = { AWS_LAMBDA_FUNCTION_NAME: 'vice', AWS_LAMBDA_FUNCTION_VERSION: '7', AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand' };
  return Bun.spawn([process.execPath, main], { env: { PATH: '/usr/bin:/bin', ...facts, ...env }, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
}

beforeAll(() => {
  sandbox = startSandboxCluster({ name: 'lambda' });
  runtime = startLambdaRuntime();
  lambda = startFunction({ AWS_LAMBDA_RUNTIME_API: runtime.address, VICE_KUBECONFIG: sandbox.kubeconfig });
});

afterAll(async () => {
  lambda.kill('SIGKILL');
  await runtime.stop();
  await sandbox.stop();
});

async function call(method: string, path: string, body?: unknown) {
  const outcome = await runtime.invoke(httpEvent(method, path, body === undefined ? {} : { body: JSON.stringify(body) }));
  if (outcome.kind === 'error') throw new Error(JSON.stringify(outcome));
  const document: unknown = JSON.parse(String(outcome.answer['body']));
  return { status: outcome.answer['statusCode'], document };
}

const kindsLeft = () => sandbox.api.store.all().filter(({ metadata }) => metadata.labels?.['external-id'] === uuid);

test('the deployer applies, shows and removes an analysis as a function', async () => {
  expect(await call('GET', '/api/v1/health')).toMatchObject({ status: 200 });
  expect(await call('POST', '/api/v1/deployments', sampleSpec(uuid))).toMatchObject({ status: 201, document: { external_id: uuid } });
  expect(await call('POST', '/api/v1/deployments', sampleSpec(uuid))).toMatchObject({ status: 200 });
  expect(await call('GET', `/api/v1/deployments/${uuid}/status`)).toMatchObject({ status: 200, document: { external_id: uuid } });
  expect(kindsLeft().map(({ kind }) => kind)).toContain('Deployment');
  const removed = async () => (await call('DELETE', `/api/v1/deployments/${uuid}`)).status === 200;
  await waitFor(removed, { timeoutMs: 60_000, what: 'the removal to be complete' });
  expect(kindsLeft()).toEqual([]);
  expect(await call('GET', `/api/v1/deployments/${uuid}/status`)).toMatchObject({ status: 404 });
}, 120_000);

test('a spec that the policy refuses is a 422, and an unknown path a 404, as in the service', async () => {
  const spec = sampleSpec(uuid);
  const forbidden = { ...spec, service: { ...spec.service, metadata: { ...spec.service.metadata, namespace: 'kube-system' } } };
  expect(await call('POST', '/api/v1/deployments', forbidden)).toMatchObject({ status: 422, document: { code: 'spec_refused' } });
  expect(await call('GET', '/api/v1/nothing')).toMatchObject({ status: 404, document: { code: 'not_found' } });
});

test('an event that is none of HTTP is an error of the invocation', async () => {
  expect(await runtime.invoke({ source: 'aws.events' })).toMatchObject({ kind: 'error', type: 'InvalidDocumentError' });
});

test('SIGTERM ends the function with exit code 0, and its log carries what AWS tools look for', async () => {
  lambda.kill('SIGTERM');
  expect(await lambda.exited).toBe(0);
  const lines = (await new Response(lambda.stdout).text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const [first] = lines.filter(({ path }) => path === '/api/v1/deployments');
  expect(first).toMatchObject({ service: 'vice', level: 'INFO', message: 'request', function_name: 'vice' });
  expect(first.function_request_id).toMatch(/^[0-9a-f-]{36}$/);
  expect(first.xray_trace_id).toBe('1-5bef4de7-ad49b0e87f6ef6c87fc2e700');
});

test('a function whose configuration is faulty names the faults and ends with exit code 2', async () => {
  const faulty = startFunction({ AWS_LAMBDA_RUNTIME_API: runtime.address, DISCOENV_VICE_NAMESPACE: 'Not_One', KUBECONFIG: '/nowhere' });
  expect(await faulty.exited).toBe(2);
  const told = await new Response(faulty.stderr).text();
  expect(told).toContain('DISCOENV_VICE_NAMESPACE: must be the name of a namespace');
  expect(told).toContain('KUBECONFIG: /nowhere cannot be read');
});
