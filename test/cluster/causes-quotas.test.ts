import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { waitFor } from '../support/wait-for.ts';
import { type CausesGround, causesGround } from './causes-ground.ts';
import { testClusters } from './clusters.ts';

const CASE_MS = 240_000;
const [cluster] = testClusters();
let ground: CausesGround;
let onNode: object;

beforeAll(async () => {
  ground = await causesGround(cluster);
  onNode = (await ground.addNode('roomy', { cpu: '10', memory: '10Gi', pods: '10', 'ephemeral-storage': '10Gi', 'nvidia.com/gpu': '8' })).at;
}, CASE_MS);
afterAll(() => ground.stop(), CASE_MS);

const ASKED = { cpu: '250m', memory: '256Mi', 'ephemeral-storage': '1Gi', 'nvidia.com/gpu': '2' };

/** What one analysis takes of each. */
const taken = {
  'requests.cpu': ASKED.cpu,
  'limits.cpu': ASKED.cpu,
  'requests.memory': ASKED.memory,
  'limits.memory': ASKED.memory,
  'requests.ephemeral-storage': ASKED['ephemeral-storage'],
  'limits.ephemeral-storage': ASKED['ephemeral-storage'],
  'requests.nvidia.com/gpu': ASKED['nvidia.com/gpu'],
  pods: '1',
  'count/pods': '1',
};

describe('a quota of the namespace that one analysis uses up keeps the next one waiting, which names it and starts by itself when the first one ends:', () => {
  for (const [resource, amount] of Object.entries(taken)) {
    test(
      resource,
      async () => {
        const quota = ground.objects.path('ResourceQuota', 'all-of-it');
        await ground.kube.create(ground.objects.collection('ResourceQuota'), {
          metadata: { name: 'all-of-it' },
          spec: { hard: { [resource]: amount } },
        });
        const used = async (wanted: string) => {
          const isUsed = async () =>
            (await ground.kube.get<{ status?: { used?: Record<string, string> } }>(quota)).status?.used?.[resource] === wanted;
          await waitFor(isUsed, { timeoutMs: 60_000, what: `${wanted} of ${resource} to be used` });
        };
        try {
          await used('0');
          const first = await ground.applied();
          await ground.start(first, { ...onNode, ...ground.asking(ASKED) });
          await ground.deployer.untilPhase(first, 'running');
          await used(amount);

          const next = await ground.applied();
          await ground.start(next, { ...onNode, ...ground.asking(ASKED) });
          const shares = ['requested', 'used', 'limited'].map((share) => `${share}: ${resource}=${amount}`);
          const { phase, hint } = await ground.untilTold(next, 'quota_exceeded', `exceeded quota: all-of-it, ${shares.join(', ')}`);
          expect([String(phase), hint]).toEqual(['pending', expect.stringContaining('starts by itself when other analyses of the cluster end')]);
          expect((await ground.deployer.status(first)).body.phase).toBe('running');

          await ground.deployer.removeFully(first);
          await ground.deployer.untilPhase(next, 'running');
          await ground.deployer.removeFully(next);
          await ground.objects.untilNothing(next);
        } finally {
          await ground.kube.delete(quota);
        }
      },
      CASE_MS,
    );
  }
});
