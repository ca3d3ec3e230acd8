import { isDeepStrictEqual } from 'node:util';
import type { ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import { ContractBreachError, shown } from './breach.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import type { DeployerClient } from './deployer-client.ts';
import type { Variation } from './spec-template.ts';

/** What a case cannot do without, besides a deployer, and what is said where it is not there. */
export const NEEDS = {
  /** A look at the cluster itself, past the deployer. */
  cluster: 'needs --kubeconfig: it works on the cluster itself',
  /** Two deployers, each with what it remembers. */
  second: 'needs --second-url: another deployer on the same cluster',
  /** Admission, quotas and controllers, which a simulated kube-apiserver does not have. */
  controllers: 'needs --kubeconfig of a cluster with admission, quotas and controllers',
  /** Nobody else launches into the namespace meanwhile. */
  exclusive: 'needs --exclusive: nobody else could launch while it runs',
  /** A deployer that remembers what it told, can wait for a change, and can begin an answer before it is complete. */
  service: 'needs a deployer that runs as a service; a function keeps nothing between two requests and cannot stream',
  /** The opposite. */
  function: 'needs a deployer that runs as a function, as on Lambda',
  /** The spec has a PersistentVolume of its own. */
  volume: 'needs a --spec-template with a PersistentVolume',
} as const;

export type Need = keyof typeof NEEDS;

/** What a case works with. It belongs to one run of one case. */
export interface Bench {
  readonly deployer: DeployerClient;
  /** Another one on the same cluster: whatever one of them did, the other must know how to go on with. It may be the same one. */
  readonly other: DeployerClient;
  /** Undefined unless the suite may look at the cluster. A case that looks only to see more goes on without. */
  readonly cluster: ClusterObjects | undefined;
  /** The id of an analysis that nobody has; what is left of it is removed in the end. */
  newId(): string;
  /** The spec that the suite launches, as that of this analysis. */
  spec(externalId: string, variation?: Variation): ViceDeploymentSpec;
  /** Undoes what the case did past the deployer, at the end of the case however it ends; the last one told is the first one done. */
  afterwards(undo: () => Promise<unknown>): void;
  /** Aborted when the case's time is up, or the suite is to end. */
  readonly signal: AbortSignal;
}

/** One promise of the contract, and how it is tried. */
export interface ConformanceCase {
  readonly group: string;
  /** The promise, as a sentence without its full stop. */
  readonly name: string;
  readonly needs: readonly Need[];
  /** Resolves when the promise is kept. @throws ContractBreachError, or whatever went wrong, when it is not */
  run(bench: Bench): Promise<void>;
}

/** That exactly this stands of the analysis, as `Kind/name`, where the suite may look. */
export async function expectStanding({ cluster }: Bench, externalId: string, names: readonly string[]): Promise<void> {
  if (cluster === undefined) return;
  const found = await cluster.namesOf(externalId);
  const isElsewhere = names.length > 0 && found.length === 0;
  const doubt = isElsewhere ? `; is ${cluster.namespace} the deployer's namespace, and the kubeconfig of its cluster?` : '';
  if (!isDeepStrictEqual(found, names)) {
    throw new ContractBreachError(`what stands of ${externalId} in the cluster: expected ${shown(names)}, got ${shown(found)}${doubt}`);
  }
}

/** The cases of one group, each as `[promise, what it needs, how it is tried]`. */
export function casesOf(group: string, cases: readonly (readonly [name: string, needs: readonly Need[], run: ConformanceCase['run']])[]) {
  return cases.map(([name, needs, run]): ConformanceCase => ({ group, name, needs, run }));
}

/** For a case that needs it. */
export function clusterOf({ cluster }: Bench): ClusterObjects {
  if (cluster === undefined) throw new Error('cannot happen: a case looks at the cluster and does not say that it needs to');
  return cluster;
}
