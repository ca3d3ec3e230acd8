import { NoClusterError, SpecRefusedError, SpecRefusedEverywhereError } from '../errors/errors.ts';
import type { ViceError } from '../errors/vice-error.ts';
import type { Candidate, Ranking } from './ports.ts';

/** A cluster that was tried, and why it did not take the analysis. */
export interface Refusal {
  readonly cluster: Candidate;
  readonly error: ViceError;
}

/** The error of a launch that every cluster refused: with what each of those that were tried said, and why the others were not. */
export function noCluster(tried: readonly Refusal[], passedOver: Ranking['refused']): ViceError {
  const isOurFault = tried.length > 0 && tried.every(({ error }) => error instanceof SpecRefusedError);
  const details = {
    clusters: [
      ...tried.map(({ cluster, error }) => ({
        name: cluster.name,
        reason: error.message,
        code: error.code,
        ...(error.faults && { faults: error.faults }),
      })),
      ...passedOver.map(({ name, reason }) => ({ name, reason })),
    ],
  };
  if (isOurFault) return new SpecRefusedEverywhereError('every cluster refuses the manifests of the analysis', { details });
  const reasons = details.clusters.map(({ name, reason }) => `${name}: ${reason}`);
  const because = reasons.length === 0 ? 'no cluster is registered' : reasons.join('; ');
  return new NoClusterError(`no cluster can take the analysis now: ${because}`, { details, retryAfterSeconds: 30 });
}
