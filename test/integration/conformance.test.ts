import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type SandboxCluster, startSandboxCluster } from '../../src/demo/sandbox-cluster.ts';
import { createStandalone } from '../../src/modes/standalone.ts';
import { BUILT_IN_POLICY } from '../../src/schema/read-policy.ts';
import { builtBinary } from '../support/binary.ts';
import { authority } from '../support/certificates.ts';
import { conformanceReport, startConformance, unkept, unmet } from '../support/conformance-program.ts';
import { type DeployerProgram, startDeployerAs } from '../support/deployer-program.ts';
import { startFunctionProgram } from '../support/function-program.ts';
import { startInterceptingProxy } from '../support/intercepting-proxy.ts';
import { waitFor } from '../support/wait-for.ts';

const namespace = 'vice-apps';
const ca = authority('ca');

let binary: string;
let sandbox: SandboxCluster;
let folder: string;
let deployer: DeployerProgram;
let second: DeployerProgram;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  binary = await builtBinary();
  sandbox = startSandboxCluster({ name: 'conformance' });
  folder = await mkdtemp(join(tmpdir(), 'vice-conformance-'));
  const server = ca.issue({ name: 'deployer', use: 'server', hosts: ['127.0.0.1'] });
  const client = ca.issue({ name: 'coordinator', use: 'client' });
  const files = {
    kubeconfig: sandbox.kubeconfig,
    'ca.crt': ca.cert,
    'tls.crt': server.cert,
    'tls.key': server.key,
    'client.crt': client.cert,
    'client.key': client.key,
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(file(name), text)));
  const start = () => startDeployerAs([binary], sandbox.kubeconfig, namespace, ['--log-level=info']);
  [deployer, second] = await Promise.all([start(), start()]);
}, 180_000);
afterAll(async () => {
  await Promise.all([deployer.kill('SIGTERM'), second.kill('SIGTERM')]);
  await sandbox.stop();
  await rm(folder, { recursive: true });
});

/** Objects of analyses that only the suite launches. Where it may not look at the cluster, its fences stay for ten minutes, as all do. */
const ofSuite = () =>
  sandbox.api.store
    .all()
    .filter(({ metadata }) => metadata.labels?.['external-id']?.startsWith('conformance-'))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);

test('a service keeps its contract, seen from the API, from its cluster and from another deployer, and nothing is left', async () => {
  const flags = ['--kubeconfig', file('kubeconfig'), '--second-url', second.url, '--exclusive'];
  const report = await conformanceReport(binary, ['--url', deployer.url, ...flags]);
  expect(unkept(report)).toEqual([]);
  expect(unmet(report)).toEqual(
    new Set(['needs --kubeconfig of a cluster with admission, quotas and controllers', 'needs a deployer that runs as a function, as on Lambda']),
  );
  expect([report.code, report.verdict, report.url]).toEqual([0, 'holds', deployer.url]);
  expect(ofSuite()).toEqual([]);
}, 180_000);

test('a function behind API Gateway keeps its contract, and of what the cluster would show nothing is claimed', async () => {
  const lambda = startFunctionProgram(binary, sandbox.kubeconfig, namespace);
  const report = await conformanceReport(binary, ['--url', lambda.url]);
  await lambda.stop();
  expect(unkept(report)).toEqual([]);
  expect(unmet(report)).toContain('needs a deployer that runs as a service');
  expect(unmet(report)).toContain('needs --kubeconfig');
  expect(report.cases.filter(({ verdict, detail }) => verdict === 'holds' && detail?.includes('cluster was not looked at')).length).toBeGreaterThan(
    5,
  );
  expect(report.code).toBe(0);
}, 180_000);

test('what the coordinator sends for a launch can be what the suite launches, with files that are copied too', async () => {
  const template = join(import.meta.dir, '../golden/inputs-copied/spec.json');
  const flags = ['--kubeconfig', file('kubeconfig'), '--only', 'looking,logs,transferring', '--spec-template', template];
  const report = await conformanceReport(binary, ['--url', deployer.url, ...flags]);
  expect([report.code, unkept(report)]).toEqual([0, []]);
}, 120_000);

test('a deployer with mutual TLS is spoken to with the certificates of the flags, and without them it is told why there is no answer', async () => {
  const tlsFiles = { certFile: file('tls.crt'), keyFile: file('tls.key'), clientCaFile: file('ca.crt'), clientNames: ['coordinator'] };
  const config = { port: 0, hostname: '127.0.0.1', maxBodyBytes: 1024 * 1024, maxApplies: 512, logLevel: 'fatal', drainSeconds: 1 } as const;
  const standalone = createStandalone(
    { ...config, namespace, nodeSelector: 'analysis', policy: BUILT_IN_POLICY, kubeconfigText: sandbox.kubeconfig, tlsFiles, warnings: [] },
    pino({ level: 'silent' }),
  );
  await standalone.connected;
  const args = ['--url', standalone.url, '--only', 'fencing,looking', '--ca-cert', file('ca.crt')];
  const report = await conformanceReport(binary, [...args, '--client-cert', file('client.crt'), '--client-key', file('client.key')]);
  const stranger = await startConformance(binary, args).ended;
  await standalone.stop();
  expect([report.code, unkept(report)]).toEqual([0, []]);
  expect([stranger.code, stranger.out]).toEqual([1, '']);
  expect(stranger.err).toStartWith(`vice: no deployer answers at ${standalone.url}: `);
  expect(stranger.err).toContain('if it wants a client certificate: --client-cert and --client-key');
}, 120_000);

test('a deployer that breaks a promise is exit code 1, and the table says which, what was expected and what was seen', async () => {
  const before = ofSuite();
  const proxy = await startInterceptingProxy(deployer.url);
  proxy.intercept(async ({ method, path }, forward) => {
    const answer = await forward();
    if (method !== 'GET' || !path.endsWith('/url-ready') || answer.status !== 404) return answer;
    const body = { ready: true, deployment: true, service: true, route: true, endpoints: true };
    return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
  });
  const { code, out } = await startConformance(binary, ['--url', proxy.url, '--only', 'looking']).ended;
  await proxy.stop();
  expect(code).toBe(1);
  expect(out).toMatch(
    /BREACH +\d+\.\d s +what nobody launched is 404, and what can be no id 400\n +what nobody launched: expected \[404,"not_found"\], got \[200,""\]/,
  );
  expect(out).toMatch(/\n\d+ hold, 1 breached, \d+ not run; \d+\.\d s; http:\/\/127\.0\.0\.1:\d+\n$/);
  expect(ofSuite()).toEqual(before);
}, 120_000);

test('a run that is broken off with Ctrl-C removes what it launched and says what it did not come to', async () => {
  const before = ofSuite();
  const { ended, interrupt } = startConformance(binary, ['--url', deployer.url, '--kubeconfig', file('kubeconfig')]);
  await waitFor(() => ofSuite().length > before.length, { timeoutMs: 60_000, everyMs: 5, what: 'the first analysis to be launched' });
  interrupt();
  const { code, out } = await ended;
  expect(code).toBe(1);
  expect(out).toContain('the run was broken off');
  expect(out).toContain(', broken off;');
  expect(ofSuite()).toEqual(before);
}, 120_000);

test('what is wrong with flags and files is told at once with exit code 2, and nothing is launched', async () => {
  const wrong = await startConformance(binary, ['--url', 'deployer', '--client-cert', file('client.crt')]).ended;
  expect([wrong.code, wrong.out]).toEqual([2, '']);
  for (const flag of ['--url', '--client-key']) expect(wrong.err).toContain(flag);
  const group = await startConformance(binary, ['--url', deployer.url, '--only', 'applying,everything']).ended;
  expect([group.code, group.err]).toEqual([2, expect.stringContaining('there is no group everything')]);
  await writeFile(file('template.json'), JSON.stringify({ metadata: {} }));
  const template = await startConformance(binary, ['--url', deployer.url, '--spec-template', file('template.json')]).ended;
  expect([template.code, template.err]).toEqual([2, expect.stringContaining('metadata.external_id')]);
});

test('nobody at the URL, or somebody else, is exit code 1 and one sentence', async () => {
  const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('hello', { status: 404 }) });
  for (const [url, told] of [
    ['http://127.0.0.1:1', 'the connection was refused'],
    [`http://127.0.0.1:${other.port}`, 'GET /api/v1/health is 404, and a deployer says 200 or 503'],
  ] as const) {
    const { code, out, err } = await startConformance(binary, ['--url', url]).ended;
    expect([code, out]).toEqual([1, '']);
    expect(err).toStartWith(`vice: no deployer answers at ${url}: `);
    expect(err).toContain(told);
  }
  await other.stop(true);
});
