import type { RankedCluster, RefusedCluster } from '../cluster-selector/cluster-selector.ts';
import { NoClusterError, SpecRefusedError, SpecRefusedEverywhereError } from '../errors/errors.ts';
import type { ViceError } from '../errors/vice-error.ts';

/** A cluster that was tried, and why it did not take the analysis. */
export interface Refusal {
  readonly cluster: RankedCluster;
  readonly error: ViceError;
}

/** The error of a launch that every cluster refused: with what each of those that were tried said, and why the others were not. */
export function noCluster(tried: readonly Refusal[], passedOver: readonly RefusedCluster[]): ViceError {
  const clusters = [
    ...tried.map(({ cluster, error }) => ({
      name: cluster.name,
      reason: error.message,
      code: error.code,
      ...(error.faults && { faults: error.faults }),
    })),
    ...passedOver.map(({ name, reason }) => ({ name, reason })),
  ];
  const isOurFault = tried.length > 0 && tried.every(({ error }) => error instanceof SpecRefusedError);
  if (isOurFault) return new SpecRefusedEverywhereError('every cluster refuses the manifests of the analysis', { details: { clusters } });
  const reasons = [
    ...tried.map(({ cluster, error }) => `${cluster.name}: ${error.message}`),
    ...passedOver.map(({ name, reason }) => `${name} ${reason}`),
  ];
  const because = reasons.length === 0 ? 'none is registered' : reasons.join('; ');
  return new NoClusterError(`no cluster can take the analysis now: ${because}`, { details: { clusters }, retryAfterSeconds: 30 });
}
