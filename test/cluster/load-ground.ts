import type { ClusterObjects } from '../../src/conformance/cluster-objects.ts';
import type { Answer, DeployerClient } from '../../src/conformance/deployer-client.ts';
import { objectNames } from '../../src/deployer/manifests.ts';
import type { DeploymentStatus } from '../../src/schema/deployment-status.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import type { Kube } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';

/** As a caller does it that keeps to the contract: what is retryable is sent again. Gives every answer on the way; the last is a success. */
export async function applyUntilDone(
  deployer: DeployerClient,
  spec: ReturnType<typeof sampleSpec>,
): Promise<readonly Pick<Answer<DeploymentStatus>, 'status' | 'code'>[]> {
  const answers: Pick<Answer<DeploymentStatus>, 'status' | 'code'>[] = [];
  const isDone = async () => {
    const answer = await deployer.apply(spec);
    answers.push(answer);
    const { status } = answer;
    if (status === 200 || status === 201) return true;
    if (!answer.problem.retryable) throw new Error(`${spec.metadata.external_id} was refused: ${status} ${JSON.stringify(answer.problem)}`);
    return false;
  };
  await waitFor(isDone, { timeoutMs: 240_000, everyMs: 250, what: `${spec.metadata.external_id} to be applied` });
  return answers;
}

/** That of each analysis there is exactly what its spec says, once, and of no other anything. */
export async function unlike(objects: ClusterObjects<Kube>, ids: readonly string[]): Promise<readonly string[]> {
  const names = await everyName(objects);
  const wanted = new Set(ids.flatMap((id) => [`ConfigMap/vice-${id}`, ...objectNames(sampleSpec(id))]));
  const there = new Set(names);
  const lost = [...wanted].filter((name) => !there.has(name)).map((name) => `lost: ${name}`);
  const extra = names.filter((name) => !wanted.has(name)).map((name) => `too much: ${name}`);
  return [...lost, ...extra];
}

const KINDS = [
  'ConfigMap',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Service',
  'Ingress',
  'HTTPRoute',
  'PodDisruptionBudget',
  'Deployment',
] as const;

/** Of everything that this namespace's deployers made, volumes included. */
async function everyName(objects: ClusterObjects<Kube>): Promise<readonly string[]> {
  const selector = encodeURIComponent('app.kubernetes.io/managed-by=vice-deployer');
  const lists = await Promise.all(
    KINDS.map(async (kind) => {
      const own = kind === 'PersistentVolume' ? `${selector}${encodeURIComponent(`,vice/namespace=${objects.namespace}`)}` : selector;
      const found = await objects.kube.list(`${objects.collection(kind)}?labelSelector=${own}`);
      return found.map(({ metadata }) => `${kind}/${metadata.name}`);
    }),
  );
  return lists.flat();
}

/** Asked all at once and repeated, until nothing is left of any. */
export async function removeAll(deployer: DeployerClient, ids: readonly string[]): Promise<void> {
  const left = new Set(ids);
  const areGone = async () => {
    await Promise.all(
      [...left].map(async (id) => {
        const { status } = await deployer.remove(id);
        if (status === 200) left.delete(id);
      }),
    );
    return left.size === 0;
  };
  await waitFor(areGone, { timeoutMs: 300_000, everyMs: 500, what: 'everything to be removed' });
}
