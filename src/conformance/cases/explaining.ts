import type { DeploymentStatus } from '../../schema/deployment-status.ts';
import { equal, holds } from '../breach.ts';
import { type Bench, casesOf } from '../case.ts';
import { withQuota } from '../quota.ts';
import { waitFor } from '../wait-for.ts';

const EXPLAINED_MS = 60_000;

/** What does not run says why, and what a person can do. */
export const explaining = casesOf('explaining', [
  [
    'what is scaled to zero is pending, and says so and what to do',
    [],
    async (bench) => {
      const id = bench.newId();
      await bench.deployer.launch(bench.spec(id, { replicas: 0 }));
      equal((await untilExplained(bench, id, 'scaled_to_zero')).phase, 'pending', 'the phase');
    },
  ],
  [
    'a quota of the namespace on pods lets the launch stand, and shows as quota_exceeded until there is room',
    ['controllers', 'exclusive'],
    async (bench) => {
      const { deployer } = bench;
      const id = bench.newId();
      const lift = await withQuota(bench, `none-${id}`, { pods: '0' });
      equal((await deployer.apply(bench.spec(id))).status, 201, 'a spec whose pod the quota refuses');
      await untilExplained(bench, id, 'quota_exceeded');
      await lift();
      await deployer.untilPhase(id, 'running');
    },
  ],
]);

/** The status once it gives this code; on the way there it may give others, such as that of a claim that is not bound yet. */
async function untilExplained({ deployer, signal }: Bench, id: string, code: string): Promise<DeploymentStatus> {
  let told: string | undefined;
  const isExplained = async () => {
    const { body } = await deployer.status(id);
    told = body.reason_code;
    return told === code && body;
  };
  const what = () => `${id} to say ${code}; last told: ${told ?? 'no reason'}`;
  const status = await waitFor(isExplained, { timeoutMs: EXPLAINED_MS, everyMs: 100, what, signal });
  for (const [name, text] of Object.entries({ message: status.message, hint: status.hint })) {
    holds(text !== undefined && text !== '', `${code} has no ${name}`);
  }
  return status;
}
