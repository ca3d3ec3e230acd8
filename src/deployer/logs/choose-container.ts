import { NotFoundError, NotStartedError } from '../../errors/errors.ts';
import type { ExternalId } from '../../schema/ids.ts';
import type { Facts } from '../observe/facts.ts';
import type { ContainerFacts } from '../observe/pod-facts.ts';
import { ofKind, type View } from '../observe/view.ts';

/** Whose log is wanted. */
export interface WantedContainer {
  /** Undefined: the newest pod that is not on its way out. */
  readonly pod?: string;
  readonly container: string;
  readonly previous: boolean;
}

/**
 * The pod and the container whose log is to be read.
 * @throws NotFoundError with what there is, NotStartedError with what is waited for
 */
export function chooseContainer(view: View, wanted: WantedContainer): { readonly pod: string; readonly container: string } {
  const pod = podFor(view, wanted.pod);
  const containers = pod.details?.pod?.containers ?? [];
  if (containers.length === 0) throw nothingRan(pod);
  const found = containers.find(({ name }) => name === wanted.container);
  if (!found) {
    const names = containers.map(({ name }) => name);
    throw new NotFoundError(`${pod.name} has no container ${wanted.container}; it has ${names.join(', ')}`, { details: { containers: names } });
  }
  if (found.restart_count === 0) refuseWhatIsNot(pod.name, found, wanted.previous);
  return { pod: pod.name, container: found.name };
}

function podFor(view: View, wanted: string | undefined): Facts {
  const pods = ofKind(view, 'Pod').toSorted((one, other) => rank(other) - rank(one));
  const names = pods.map(({ name }) => name);
  const found = wanted === undefined ? pods[0] : pods.find(({ name }) => name === wanted);
  if (found) return found;
  if (wanted === undefined) throw noPodYet(view.external_id);
  throw new NotFoundError(`${view.external_id} has no pod ${wanted}; it has ${names.join(', ') || 'none'}`, { details: { pods: names } });
}

/** Grows with how likely it is meant when none is named. */
function rank({ isTerminating, createdAt }: Facts): number {
  return isTerminating ? createdAt - Number.MAX_SAFE_INTEGER : createdAt;
}

function noPodYet(externalId: ExternalId): NotStartedError {
  return new NotStartedError(`${externalId} has no pod yet`, { retryAfterSeconds: 2, details: { pods: [] } });
}

/** The kube-apiserver answers for such a pod with an empty log, as if it had run and said nothing. */
function nothingRan({ name, details }: Facts): NotFoundError | NotStartedError {
  const { phase, isScheduled = false, unschedulable, reason, message } = details?.pod ?? {};
  if (phase === 'Failed') return new NotFoundError(`${name} has no log, it ended without having run: ${told(reason, message)}`);
  const waitsFor = isScheduled ? 'its node to start it' : `a node${unschedulable === undefined ? '' : `: ${unschedulable}`}`;
  return new NotStartedError(`${name} waits for ${waitsFor}`, { retryAfterSeconds: 2, details: { pod: name } });
}

function told(reason: string | undefined, message: string | undefined): string {
  return [reason, message].filter((part) => part !== undefined).join(': ') || 'no reason is told';
}

/** Of a container that was restarted there is always a log, also while it waits for the next start. */
function refuseWhatIsNot(pod: string, { name, state, reason, message }: ContainerFacts, previous: boolean): void {
  if (previous) throw new NotFoundError(`${name} of ${pod} was never restarted: there is no previous log`, { details: { restart_count: 0 } });
  if (state !== 'waiting') return;
  throw new NotStartedError(`${name} of ${pod} has not started: ${told(reason, message)}`, {
    retryAfterSeconds: 2,
    details: { pod, container: name, ...(reason !== undefined && { reason }) },
  });
}
