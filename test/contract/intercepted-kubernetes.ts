import type { Kubernetes } from '../../src/deployer/ports.ts';

/** One call of the deployer to its cluster, as `create PersistentVolume/x`, `list Pod` or `ping`. */
export type Interceptor = <T>(call: string, forward: () => Promise<T>) => Promise<T>;

/** A cluster between which and the deployer a test stands: it can hold, fail or repeat any call. */
export function interceptedKubernetes(kubernetes: Kubernetes, intercept: Interceptor): Kubernetes {
  return {
    create: (manifest, signal) => intercept(`create ${manifest.kind}/${manifest.metadata.name}`, () => kubernetes.create(manifest, signal)),
    apply: (manifest, signal) => intercept(`apply ${manifest.kind}/${manifest.metadata.name}`, () => kubernetes.apply(manifest, signal)),
    replace: (manifest, signal) => intercept(`replace ${manifest.kind}/${manifest.metadata.name}`, () => kubernetes.replace(manifest, signal)),
    remove: (ref, options, signal) => intercept(`remove ${ref.kind}/${ref.name}`, () => kubernetes.remove(ref, options, signal)),
    find: (ref, signal) => intercept(`find ${ref.kind}/${ref.name}`, () => kubernetes.find(ref, signal)),
    list: (selection, signal) => intercept(`list ${selection.kind}`, () => kubernetes.list(selection, signal)),
    ping: (signal) => intercept('ping', () => kubernetes.ping(signal)),
  };
}

/** Holds the first call that begins with `call`, before it is sent or after it was done. */
export function holding(call: string, when: 'before' | 'after') {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let isHeld = false;
  const hold = async () => {
    reached.resolve();
    await released.promise;
  };
  const intercept: Interceptor = async (name, forward) => {
    if (isHeld || !name.startsWith(call)) return forward();
    isHeld = true;
    if (when === 'before') await hold();
    const answer = await forward();
    if (when === 'after') await hold();
    return answer;
  };
  return { intercept, reached: reached.promise, release: released.resolve };
}
