import type { Kubernetes } from '../../src/deployer/ports.ts';

/** A moment in a deployer's work: one of its requests to the cluster, the first after arming being 1. */
export interface Moment {
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** A cluster at which the process kills itself, as a node's failure would. Questions in the background, those of `ping`, are not counted. */
export function dyingAt(kubernetes: Kubernetes, { call, when }: Moment): { readonly kubernetes: Kubernetes; arm(): void } {
  let isArmed = false;
  let calls = 0;
  const die = () => process.kill(process.pid, 'SIGKILL');
  const counted = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (!isArmed) return ask();
    calls += 1;
    const isIt = calls === call;
    if (isIt && when === 'before') die();
    const answer = await ask();
    if (isIt) die();
    return answer;
  };
  return {
    kubernetes: {
      create: (manifest, signal) => counted(() => kubernetes.create(manifest, signal)),
      apply: (manifest, signal) => counted(() => kubernetes.apply(manifest, signal)),
      replace: (manifest, signal) => counted(() => kubernetes.replace(manifest, signal)),
      remove: (ref, options, signal) => counted(() => kubernetes.remove(ref, options, signal)),
      find: (ref, signal) => counted(() => kubernetes.find(ref, signal)),
      list: (selection, signal) => counted(() => kubernetes.list(selection, signal)),
      ping: (signal) => kubernetes.ping(signal),
    },
    arm: () => {
      isArmed = true;
    },
  };
}
