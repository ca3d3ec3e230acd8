import type { ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import type { Bench, ConformanceCase } from './case.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import { DeployerClient, type Endpoint } from './deployer-client.ts';
import type { OwnAnalyses } from './own-analyses.ts';
import { specFrom } from './spec-template.ts';

/** What the suite is run against. */
export interface Ground {
  readonly deployer: Endpoint;
  /** Another deployer on the same cluster. Absent: the same one is asked again. */
  readonly other?: Endpoint | undefined;
  /** Absent: nobody may look at the cluster. */
  readonly cluster?: ClusterObjects | undefined;
  /** Of what is launched. */
  readonly template: ViceDeploymentSpec;
  readonly own: OwnAnalyses;
}

/** For one case on a busy machine. */
export const CASE_MS = 120_000;
/** What a case did past the deployer is undone within this; then the next one is run. */
const UNDO_MS = 30_000;
const GRACE_MS = 250;

/** How a case was run that ended well. */
export interface Run {
  /** It would have looked at the cluster, and was not let. */
  readonly lookedAway: boolean;
}

/**
 * Runs one case within `boundMs` and undoes what it did, whatever becomes of it.
 *
 * @throws what the case throws, or the reason of `signal` or of the bound when one of them ends it
 */
export async function runCase({ run }: ConformanceCase, ground: Ground, boundMs: number, signal: AbortSignal): Promise<Run> {
  let lookedAway = false;
  const ending = AbortSignal.any([signal, AbortSignal.timeout(boundMs)]);
  const ids: string[] = [];
  const undos: (() => Promise<unknown>)[] = [];
  const bench: Bench = {
    deployer: new DeployerClient(ground.deployer, ending),
    other: new DeployerClient(ground.other ?? ground.deployer, ending),
    get cluster() {
      lookedAway ||= ground.cluster === undefined;
      return ground.cluster;
    },
    newId: () => {
      const id = ground.own.newId();
      ids.push(id);
      return id;
    },
    spec: (externalId, variation) => specFrom(ground.template, externalId, variation),
    afterwards: (undo) => void undos.unshift(undo),
    signal: ending,
  };
  try {
    await Promise.race([run(bench), rejectedBy(ending)]);
    return { lookedAway };
  } finally {
    const undone = AbortSignal.timeout(UNDO_MS);
    for (const undo of undos) await Promise.race([undo(), rejectedBy(undone)]).catch(() => undefined);
    await ground.own.remove(ids, new DeployerClient(ground.deployer, undone));
  }
}

/** Whoever heeds the signal has a moment to say it in words that tell more. */
function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const after = () => setTimeout(() => reject(signal.reason), GRACE_MS);
    if (signal.aborted) after();
    else signal.addEventListener('abort', after, { once: true });
  });
}
