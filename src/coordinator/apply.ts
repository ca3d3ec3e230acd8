import {
  ClusterFullError,
  ClusterMisconfiguredError,
  DeployerUnreachableError,
  OverloadedError,
  SpecRefusedError,
  TerminatingError,
  UnavailableError,
} from '../errors/errors.ts';
import { ViceError } from '../errors/vice-error.ts';
import type { Patience } from './patience.ts';
import { poll } from './poll.ts';
import type { Apply, Deployer, Observed } from './ports.ts';
import { remove } from './remove.ts';

/** What is certain after an attempt: it is applied, or nothing of it is in the cluster nor can come there. */
export type Outcome = { readonly is: 'applied' } | { readonly is: 'clear'; readonly refusal: ViceError; readonly isFenced: boolean };

/** With each of them the deployer says that nothing of the attempt is left. */
const REFUSALS = [SpecRefusedError, ClusterFullError, ClusterMisconfiguredError, OverloadedError] as const;

/**
 * Applies one attempt in one cluster. An attempt without an answer is asked for, and if it was not applied, fenced off.
 *
 * @throws UnavailableError when it stays unknown what became of the attempt, or a former life of the analysis does not end before `busyUntil`:
 *   then it must go nowhere else
 */
export async function apply(deployer: Deployer, request: Apply, patience: Patience, busyUntil: number, signal: AbortSignal): Promise<Outcome> {
  let isTerminating = false;
  const send = async (): Promise<Outcome | undefined> => {
    try {
      await deployer.apply(request, signal);
      return { is: 'applied' };
    } catch (err) {
      if (!(err instanceof TerminatingError)) return afterError(err);
      isTerminating = true;
      return undefined;
    }
  };
  const afterError = (err: unknown): Promise<Outcome> | Outcome => {
    if (REFUSALS.some((kind) => err instanceof kind) && err instanceof ViceError) return { is: 'clear', refusal: err, isFenced: false };
    if (err instanceof DeployerUnreachableError && !isTerminating) return { is: 'clear', refusal: err, isFenced: false };
    return settle(deployer, request, patience, err, signal);
  };
  const outcome = await poll(send, busyUntil, signal);
  if (outcome) return outcome;
  throw new UnavailableError('the analysis is still being removed', { retryAfterSeconds: 5 });
}

/** Finds out what became of an attempt, or makes sure that it stays dead. */
async function settle(deployer: Deployer, request: Apply, patience: Patience, cause: unknown, signal: AbortSignal): Promise<Outcome> {
  const observed = await deployer.status(request.external_id, signal).catch(() => undefined);
  if (isApplied(observed, request)) return { is: 'applied' };
  const deadline = performance.now() + patience.fenceMs;
  const { external_id, attempt } = request;
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(patience.fenceMs)]);
  const fence = () => remove(deployer, { external_id, attempt }, true, deadline, bounded).catch(() => undefined);
  if (await poll(fence, deadline, signal)) return { is: 'clear', refusal: refusalOf(cause), isFenced: true };
  throw new UnavailableError('the deployer does not say what became of the launch', { cause, retryAfterSeconds: 5 });
}

function isApplied(observed: Observed | undefined, request: Apply): boolean {
  if (observed?.spec_hash !== request.spec_hash || observed.attempt !== request.attempt) return false;
  return observed.phase !== 'incomplete' && observed.phase !== 'terminating';
}

function refusalOf(cause: unknown): ViceError {
  return cause instanceof ViceError ? cause : new UnavailableError('the deployer could not be asked', { cause });
}
