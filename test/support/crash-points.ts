import type { AssignmentStore, Clusters, Deployer } from '../../src/coordinator/ports.ts';
import type { CoordinatorAdapters } from '../../src/modes/coordinator-adapters.ts';

/** Told of each point before, during and after a call that a launch or an exit makes to the outside, as `before place 2`. */
export type Reach = (point: string) => void;

const DURING_MS = 2;

/** The same adapters, which tell of every point at which a process can die between two effects. */
export function withCrashPoints(adapters: CoordinatorAdapters, reach: Reach): CoordinatorAdapters {
  const counts = new Map<string, number>();
  const number = (call: string) => {
    const n = (counts.get(call) ?? 0) + 1;
    counts.set(call, n);
    return `${call} ${n}`;
  };
  const around = async <T>(call: string, work: () => Promise<T>): Promise<T> => {
    const name = number(call);
    reach(`before ${name}`);
    try {
      return await work();
    } finally {
      reach(`after ${name}`);
    }
  };
  /** For calls that take long enough to die in. */
  const through = <T>(call: string, work: () => Promise<T>): Promise<T> =>
    around(call, () => {
      const name = `${call} ${counts.get(call)}`;
      const working = work();
      setTimeout(() => reach(`during ${name}`), DURING_MS);
      return working;
    });

  const { store, clusters } = adapters;
  const told: AssignmentStore = {
    ...store,
    reserve: (...args) => around('reserve', () => store.reserve(...args)),
    place: (...args) => around('place', () => store.place(...args)),
    markApplied: (...args) => around('markApplied', () => store.markApplied(...args)),
    markFailed: (...args) => around('markFailed', () => store.markFailed(...args)),
    stop: (...args) => around('stop', () => store.stop(...args)),
    markRemoved: (...args) => around('markRemoved', () => store.markRemoved(...args)),
    claimRemovals: async (...args) => {
      const claimed = await store.claimRemovals(...args);
      if (claimed.length > 0) reach('after claimRemovals');
      return claimed;
    },
  };
  const toldDeployer = (deployer: Deployer): Deployer => ({
    apply: (...args) => through('apply', () => deployer.apply(...args)),
    status: (...args) => around('status', () => deployer.status(...args)),
    remove: (...args) => through('remove', () => deployer.remove(...args)),
  });
  const toldClusters: Clusters = {
    rank: (...args) => clusters.rank(...args),
    placed: (...args) => clusters.placed(...args),
    deployerOf: (id) => {
      const deployer = clusters.deployerOf(id);
      return deployer && toldDeployer(deployer);
    },
  };
  return { ...adapters, store: told, clusters: toldClusters };
}
