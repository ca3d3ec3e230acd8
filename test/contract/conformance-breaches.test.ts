import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { pino } from 'pino';
import type { Need } from '../../src/conformance/case.ts';
import { allCases } from '../../src/conformance/cases/all.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { OwnAnalyses } from '../../src/conformance/own-analyses.ts';
import type { Ground } from '../../src/conformance/run-case.ts';
import { runSuite } from '../../src/conformance/run-suite.ts';
import { SAMPLE_SPEC } from '../../src/conformance/sample-spec.ts';
import { createStandalone, type Standalone } from '../../src/modes/standalone.ts';
import { type Interceptor, startInterceptingProxy } from '../support/intercepting-proxy.ts';
import { type SandboxGround, sandboxGround } from './sandbox-ground.ts';

let ground: SandboxGround;
let standalone: Standalone;
beforeAll(async () => {
  ground = await sandboxGround();
  standalone = createStandalone(ground.config, pino({ level: 'silent' }));
  await standalone.connected;
});
afterAll(async () => {
  await standalone.stop();
  await ground.stop();
});

const quiet = { begins: () => {}, removes: () => {} };
const has = new Set<Need>(['cluster', 'service', 'exclusive', 'volume']);
const neverAborted = new AbortController().signal;

/** What a deployer breaches of this case whose requests and answers go through the interceptor. */
async function breachedThrough(interceptor: Interceptor, caseName: string) {
  const proxy = await startInterceptingProxy(standalone.url);
  proxy.intercept(interceptor);
  const own = new OwnAnalyses();
  const through: Ground = { deployer: { url: proxy.url }, cluster: ground.objects, template: SAMPLE_SPEC, own };
  const { cases, verdict } = await runSuite(
    allCases.filter(({ name }) => name.startsWith(caseName)),
    through,
    has,
    quiet,
    neverAborted,
  );
  await proxy.stop();
  await own.removeAll(new DeployerClient(standalone.url), ground.objects, AbortSignal.timeout(30_000));
  expect(verdict).toBe('breach');
  return cases.filter((one) => one.verdict === 'breach').map(({ name, detail }) => `${name}: ${detail}`);
}

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' } });

/** Each deployer lies in one way; the case that is to find it, and what that says. */
const lies: Readonly<Record<string, readonly [Interceptor, caseName: string, says: string]>> = {
  'says 201 to a repeat': [
    async ({ method }, forward) => {
      const answer = await forward();
      return method === 'POST' && answer.status === 200 ? json(201, await answer.json()) : answer;
    },
    'the same spec again is 200',
    'expected 200, got 201',
  ],
  'says that another spec was applied': [
    async ({ method, body }, forward) => {
      const answer = await forward();
      if (method !== 'POST' || answer.status !== 409) return answer;
      const { external_id } = JSON.parse(body).metadata;
      return fetch(`${standalone.url}/api/v1/deployments/${external_id}/status`);
    },
    'another spec under the same id',
    'expected [409,"conflict",false]',
  ],
  'says that all is gone and removes nothing': [
    ({ method, path }, forward) =>
      method === 'DELETE' ? Promise.resolve(json(200, { external_id: path.split('/').at(-1), gone: true, left: [] })) : forward(),
    'every object goes',
    'in the cluster: expected []',
  ],
  'forgets that it was told to fence': [
    ({ method, path }, forward) => {
      if (method !== 'DELETE' || !path.includes('fence=true')) return forward();
      return fetch(standalone.url + path.replace('&fence=true', ''), { method });
    },
    'an attempt that was fenced',
    'attempt 1 behind a fence of 2',
  ],
  'breaks the connection instead of a refusal': [
    async (_, forward) => {
      const answer = await forward();
      return answer.status === 422 ? 'reset' : answer;
    },
    'what the policy does not allow',
    'POST /api/v1/deployments: ',
  ],
  'leaves the code out of its errors': [
    async (_, forward) => {
      const answer = await forward();
      if (answer.status < 400) return answer;
      const { code: _code, ...rest } = Object(await answer.json());
      return json(answer.status, rest);
    },
    'what nobody launched is 404',
    'the body breaks the contract: code',
  ],
  'puts a secret into the list': [
    async ({ path }, forward) => {
      const answer = await forward();
      return path.endsWith('/deployments') ? json(200, { ...Object(await answer.json()), token: 'x' }) : answer;
    },
    'the list has every analysis',
    'the body breaks the contract: token',
  ],
};

describe('the suite finds a deployer out that', () => {
  for (const [lie, [interceptor, name, says]] of Object.entries(lies)) {
    test(lie, async () => {
      const breaches = await breachedThrough(interceptor, name);
      expect(breaches).toHaveLength(1);
      expect(breaches[0]).toContain(says);
    }, 60_000);
  }
});
