import { contains, holds } from '../breach.ts';
import { casesOf } from '../case.ts';
import { waitFor } from '../wait-for.ts';

const LISTED_MS = 20_000;
/** How far the deployer's clock and this one may be apart. */
const CLOCKS_APART_MS = 120_000;
const KINDS = ['ConfigMap', 'Deployment', 'Ingress', 'PersistentVolume', 'PersistentVolumeClaim', 'PodDisruptionBudget', 'Service'];

export const capabilities = casesOf('capabilities', [
  [
    'the kinds that are served, the version of Kubernetes, and the clock of the deployer are told',
    [],
    async ({ deployer, signal }) => {
      const asked = () => deployer.capabilities();
      const { body } = await waitFor(async () => (await asked()).status === 200 && asked(), { timeoutMs: LISTED_MS, what: 'capabilities', signal });
      contains(body.kinds, body.gateway_api ? [...KINDS, 'HTTPRoute'] : KINDS, 'the kinds');
      holds(/^v?\d+\.\d+/.test(body.kubernetes_version), `no version: ${body.kubernetes_version}`);
      holds(Math.abs(Date.now() - Date.parse(body.now)) < CLOCKS_APART_MS, `now is far from now: ${body.now}`);
      holds(Date.parse(body.observed_at) <= Date.parse(body.now), `observed_at is later than now: ${body.observed_at}`);
    },
  ],
  [
    'what is told of the room for analyses adds up, or is said to be unknown',
    [],
    async ({ deployer, signal }) => {
      const asked = () => deployer.capabilities();
      const { body } = await waitFor(async () => (await asked()).status === 200 && asked(), { timeoutMs: LISTED_MS, what: 'capabilities', signal });
      const { capacity, unknown } = body;
      if (capacity === undefined) return holds(unknown.includes('capacity'), 'there is no capacity, and it is not unknown');
      const { allocatable, requested, free, largest_free, slots } = capacity;
      for (const amount of ['cpu_millicores', 'memory_bytes', 'pods'] as const) {
        holds(free[amount] <= allocatable[amount], `more ${amount} is free than there is`);
        holds(free[amount] >= allocatable[amount] - requested[amount], `less ${amount} is free than is left`);
      }
      holds(largest_free.cpu_millicores <= free.cpu_millicores, 'one node has more than all of them');
      holds(slots <= free.pods, 'there are more slots than pods');
    },
  ],
]);
