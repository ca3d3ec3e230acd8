import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { type DeployerProgram, startDeployerProgram } from '../support/deployer-program.ts';
import { startFaultyApiserver } from '../support/faulty-apiserver.ts';
import type { Kube } from '../support/kube.ts';
import { post, postBytes, type RawAnswer, sendBytes } from '../support/raw-http.ts';
import { waitFor } from '../support/wait-for.ts';
import { testClusters } from './clusters.ts';
import { applyUntilDone, removeAll, unlike } from './load-ground.ts';
import { type OwnNamespace, ownNamespace } from './own-namespace.ts';

const MINUTES = 60_000;
const PATH = '/api/v1/deployments';
const [cluster] = testClusters();

let kubeconfigText: string;
beforeAll(async () => {
  kubeconfigText = await readFile(cluster.kubeconfig, 'utf8');
});

/** Without pods: what is loaded is the deployer and its kube-apiserver. */
const podless = (id: string) => sampleSpec(id, { replicas: 0 });
const newIds = (count: number) => Array.from({ length: count }, () => randomUUID());

interface Ground {
  readonly deployer: DeployerProgram;
  readonly client: DeployerClient;
  readonly objects: ClusterObjects<Kube>;
}

/** Runs `work` on a namespace and with a deployer of its own, and clears away the analyses. */
async function withDeployer(kubeconfig: string, flags: readonly string[], work: (ground: Ground) => Promise<readonly string[]>): Promise<void> {
  const space: OwnNamespace = await ownNamespace(cluster, 'load');
  const deployer = await startDeployerProgram(kubeconfig, space.namespace, ...flags);
  try {
    const objects = new ClusterObjects(space.kube, space.namespace);
    const client = new DeployerClient(deployer.url);
    const ids = await work({ deployer, client, objects });
    await removeAll(client, ids);
    expect(await unlike(objects, [])).toEqual([]);
  } finally {
    await deployer.kill('SIGKILL');
    await space.drop();
  }
}

/** As a caller that keeps to the contract; every one of them comes at once. Gives the answers on the way as well. */
async function launchAll(port: number, ids: readonly string[]): Promise<RawAnswer[]> {
  const answers = ids.map(async (id) => {
    const heard: RawAnswer[] = [];
    const isDone = async () => {
      const answer = await post(port, PATH, podless(id));
      heard.push(answer);
      if (answer.status === 200 || answer.status === 201) return true;
      if (![429, 503].includes(answer.status)) throw new Error(`${id}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return false;
    };
    await waitFor(isDone, { timeoutMs: 5 * MINUTES, everyMs: 1_000, what: `${id} to be applied` });
    return heard;
  });
  return (await Promise.all(answers)).flat();
}

/** Each is told as new once; on a machine that is too slow for an apply to end in its time, a repeat completes it instead. */
function expectNewOnce(answers: readonly RawAnswer[], ids: readonly string[]): void {
  const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
  expect(count(201)).toBeLessThanOrEqual(ids.length);
  expect(count(201) + count(503)).toBeGreaterThanOrEqual(ids.length);
}

describe('many launches at once', () => {
  test(
    'of five hundred none is lost, none is made twice, and the deployer stays small',
    () =>
      withDeployer(kubeconfigText, [], async ({ deployer, objects }) => {
        const ids = newIds(500);
        const before = deployer.residentMiB();
        let most = before;
        const looking = setInterval(() => {
          most = Math.max(most, deployer.residentMiB());
        }, 500);
        await launchAll(deployer.port, ids).finally(() => clearInterval(looking));
        expect(await unlike(objects, ids)).toEqual([]);
        expect(most - before).toBeLessThan(300);
        return ids;
      }),
    10 * MINUTES,
  );

  test(
    'what is too many is refused with 429, a time to come again, and nothing touched; who comes again is served',
    () =>
      withDeployer(kubeconfigText, ['--max-applies', '10'], async ({ deployer, objects }) => {
        const ids = newIds(100);
        const answers = await launchAll(deployer.port, ids);
        const refused = answers.filter(({ status }) => status === 429);
        expect(refused.length).toBeGreaterThan(0);
        for (const { headers, body } of refused) {
          expect(headers).toContain('retry-after: 1');
          expect(body).toMatchObject({ code: 'overloaded', retryable: true });
        }
        // An apply that had touched something before it was refused would be a 200 in the end.
        expectNewOnce(answers, ids);
        expect(await unlike(objects, ids)).toEqual([]);
        return ids;
      }),
    10 * MINUTES,
  );

  test(
    'requests that are broken off anywhere leave what a repeat completes, or nothing',
    () =>
      withDeployer(kubeconfigText, [], async ({ deployer, client, objects }) => {
        const ids = newIds(60);
        await Promise.all(
          ids.map(async (id, n) => {
            const bytes = postBytes(PATH, podless(id));
            const isWhole = n % 3 > 0;
            const socket = await sendBytes(deployer.port, isWhole ? bytes : bytes.slice(0, Math.floor((bytes.length * n) / ids.length)));
            socket.on('error', () => {}); // the deployer may close it first
            if (n % 3 === 2) await waitFor(() => objects.find('ConfigMap', `vice-${id}`), { timeoutMs: MINUTES, everyMs: 20, what: 'the anchor' });
            socket.destroy();
          }),
        );
        for (const id of ids) await applyUntilDone(client, podless(id));
        expect(await unlike(objects, ids)).toEqual([]);
        return ids;
      }),
    10 * MINUTES,
  );

  test(
    'two deployers on one namespace serve the same analyses at once, and one removes what the other launched',
    () =>
      withDeployer(kubeconfigText, [], async ({ deployer, client, objects }) => {
        const second = await startDeployerProgram(kubeconfigText, objects.namespace);
        try {
          const ids = newIds(60);
          const [one, two] = await Promise.all([launchAll(deployer.port, ids), launchAll(second.port, ids)]);
          expectNewOnce([...one, ...two], ids);
          expect(await unlike(objects, ids)).toEqual([]);
          const [removed, kept] = [ids.slice(0, 30), ids.slice(30)];
          await Promise.all([removeAll(client, removed), removeAll(new DeployerClient(second.url), removed), launchAll(second.port, kept)]);
          expect(await unlike(objects, kept)).toEqual([]);
          return kept;
        } finally {
          await second.kill('SIGKILL');
        }
      }),
    10 * MINUTES,
  );
});

describe('requests to the kube-apiserver', () => {
  let faulty: Awaited<ReturnType<typeof startFaultyApiserver>>;
  beforeAll(async () => {
    faulty = await startFaultyApiserver(cluster.kubeconfig);
  });
  afterAll(() => faulty.stop());

  test(
    'go out at once, as many as its bound allows and never more: nothing in the deployer spends time on waiting for a rate',
    () =>
      withDeployer(faulty.kubeconfigText, [], async ({ deployer, objects }) => {
        const { promise: released, resolve: release } = Promise.withResolvers<void>();
        faulty.inject(async ({ method }, forward) => {
          if (method === 'POST') await released;
          return forward();
        });
        const ids = newIds(150);
        const launched = launchAll(deployer.port, ids);
        // None of them has an answer yet, so that no clock and no budget of answered requests lets them out.
        await waitFor(() => faulty.most >= BOUND, { timeoutMs: MINUTES, what: `${BOUND} requests under way` });
        release();
        await launched;
        expect(faulty.most).toBe(BOUND);
        expect(await unlike(objects, ids)).toEqual([]);
        return ids;
      }),
    10 * MINUTES,
  );
});

/** What `createTransport` says; a kube-apiserver has 400 seats for everybody by default. */
const BOUND = 96;
