import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import type { Standalone } from '../../src/modes/standalone.ts';
import type { LogRecord } from '../../src/schema/logs.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { type Kube, kube } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import { testClusters } from './clusters.ts';
import { containerWrites, TALKING_NAMESPACE } from './container-logs.ts';
import { startDeployer } from './deployer-subject.ts';

const [cluster] = testClusters();
const id = randomUUID();
let api: Kube;
let standalone: Standalone;
let deployer: DeployerClient;
let pod: string;

beforeAll(async () => {
  api = kube(cluster.kubeconfig);
  await api.create('/api/v1/namespaces', { metadata: { name: TALKING_NAMESPACE } });
  standalone = await startDeployer(cluster, TALKING_NAMESPACE);
  deployer = new DeployerClient(standalone.url);
  await deployer.apply(sampleSpec(id));
  pod = (await deployer.untilPhase(id, 'running')).containers[0]?.pod ?? '';
}, 120_000);

afterAll(async () => {
  await deployer.removeFully(id);
  await standalone.stop();
  await api.delete(`/api/v1/namespaces/${TALKING_NAMESPACE}`);
}, 120_000);

const lineOf = async (records: AsyncIterator<LogRecord>): Promise<string> => {
  for (;;) {
    const { done, value } = await records.next();
    if (done) throw new Error('the log has ended');
    if ('line' in value) return value.line;
  }
};

/** How many requests for a log kube-apiserver has begun to answer, and how many it is done with. */
async function logRequests(): Promise<{ begun: number; ended: number }> {
  const text = await Bun.file(cluster.auditLog ?? '').text();
  const lines = text.split('\n').filter((line) => line.includes(`/pods/${pod}/log?`) && line.includes('follow=true'));
  const count = (stage: string) => lines.filter((line) => line.includes(`"stage":"${stage}"`)).length;
  return { begun: count('ResponseStarted'), ended: count('ResponseComplete') };
}

describe('on a real kube-apiserver', () => {
  test('lines are told as they are written, and a reader who leaves ends the request at kube-apiserver', async () => {
    const before = await logRequests();
    const records = deployer.follow(id, '&tail-lines=0');
    expect((await records.next()).value).toMatchObject({ pod, container: 'analysis' });
    for (const text of ['first', 'second']) {
      await containerWrites(cluster, text);
      expect(await lineOf(records)).toBe(text);
    }
    await waitFor(async () => (await logRequests()).begun > before.begun, { timeoutMs: 60_000, what: 'the request in the audit log' });
    expect((await logRequests()).ended).toBe(before.ended);
    await records.return(undefined);
    await waitFor(async () => (await logRequests()).ended > before.ended, { timeoutMs: 60_000, what: 'the request to end' });
  });

  test('a silent log is kept alive by heartbeats', async () => {
    const records = deployer.follow(id, '&tail-lines=0');
    await records.next();
    expect((await records.next()).value).toEqual({ heartbeat: expect.any(String) });
    await records.return(undefined);
  });

  test('of a container that was restarted the earlier life is told', async () => {
    expect((await deployer.logs(id, '?previous=true')).code).toBe('not_found');
    const state = { running: { startedAt: new Date().toISOString() } };
    const ended = { terminated: { exitCode: 1, reason: 'Error', startedAt: new Date().toISOString(), finishedAt: new Date().toISOString() } };
    const status = { name: 'analysis', image: 'nginx:1.29', imageID: '', ready: true, restartCount: 1, state, lastState: ended };
    await api.patch(`/api/v1/namespaces/${TALKING_NAMESPACE}/pods/${pod}/status`, { status: { containerStatuses: [status] } });
    const lines = async () => {
      const { status: code, body } = await deployer.logs(id, '?previous=true');
      return code === 200 && body.lines;
    };
    expect(await waitFor(lines, { timeoutMs: 60_000, what: 'the restart to be seen' })).toEqual(['the earlier life']);
  });

  test('a log that is followed ends with its pod, although the node keeps the request open', async () => {
    const leaving = randomUUID();
    await deployer.launch(sampleSpec(leaving));
    await deployer.untilPhase(leaving, 'running');
    const records = deployer.follow(leaving, '&tail-lines=0');
    await records.next();
    await deployer.removeFully(leaving);
    const ends: LogRecord[] = [];
    for await (const record of records) if ('end' in record) ends.push(record);
    expect(ends).toEqual([{ end: 'ended' }]);
  });

  test('a deployer that is drained ends the requests at kube-apiserver', async () => {
    const before = await logRequests();
    const other = await startDeployer(cluster, TALKING_NAMESPACE);
    const records = new DeployerClient(other.url).follow(id, '&tail-lines=0');
    await records.next();
    await containerWrites(cluster, 'third');
    expect(await lineOf(records)).toBe('third');
    const [{ value }] = await Promise.all([records.next(), other.stop()]);
    expect(value).toEqual({ end: 'deployer_ending' });
    await waitFor(async () => (await logRequests()).ended > before.ended, { timeoutMs: 60_000, what: 'the request to end' });
  });
});
