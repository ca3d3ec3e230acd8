import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { builtBinary } from '../support/binary.ts';
import { conformanceReport, unkept, unmet } from '../support/conformance-program.ts';
import { startDeployerAs } from '../support/deployer-program.ts';
import { startFunctionProgram } from '../support/function-program.ts';
import { testClusters } from './clusters.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

const [, cluster] = testClusters();
let binary: string;
let kubeconfig: string;
const spaces: OwnNamespace[] = [];

beforeAll(async () => {
  [binary, kubeconfig] = await Promise.all([builtBinary(), readFile(cluster.kubeconfig, 'utf8')]);
}, 180_000);
afterAll(async () => {
  await Promise.all(spaces.map((space) => space.drop()));
}, 60_000);

/** The program with everything that its cases may need, on a namespace of its own. */
async function reportOn(purpose: string, start: (namespace: string) => Promise<{ readonly url: string; readonly stop: () => Promise<unknown> }>) {
  const space = await ownNamespace(cluster, purpose);
  spaces.push(space);
  const [deployer, second] = await Promise.all([start(space.namespace), start(space.namespace)]);
  const flags = ['--kubeconfig', cluster.kubeconfig, '--vice-namespace', space.namespace, '--second-url', second.url, '--exclusive'];
  const report = await conformanceReport(binary, ['--url', deployer.url, ...flags]);
  await Promise.all([deployer.stop(), second.stop()]);
  return report;
}

test('the binary keeps the contract as a service on a real control plane, as the same binary finds', async () => {
  const report = await reportOn('service', async (namespace) => {
    const program = await startDeployerAs([binary], kubeconfig, namespace);
    return { url: program.url, stop: () => program.kill('SIGTERM') };
  });
  expect(unkept(report)).toEqual([]);
  expect(unmet(report)).toEqual(new Set(['needs a deployer that runs as a function, as on Lambda']));
  expect([report.code, report.left]).toEqual([0, []]);
}, 600_000);

test('the binary keeps the contract as a function on a real control plane, as the same binary finds', async () => {
  const report = await reportOn('function', (namespace) => Promise.resolve(startFunctionProgram(binary, kubeconfig, namespace)));
  expect(unkept(report)).toEqual([]);
  expect(unmet(report)).toEqual(new Set(['needs a deployer that runs as a service']));
  expect([report.code, report.left]).toEqual([0, []]);
}, 600_000);
