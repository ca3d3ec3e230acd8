import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestCluster } from '../test/cluster/clusters.ts';
import { bareClient, type Contender, deployerAlone } from './contenders.ts';
import { connectToKube, type KubeConnection } from './kube-connection.ts';
import { type PodWatch, watchPods } from './pod-watch.ts';
import type { Program } from './program.ts';
import { type PairVariant, startPair, type VicePair } from './vice-pair.ts';

/** What the scenarios measure with. */
export interface Rig {
  readonly cluster: TestCluster;
  readonly program: Program;
  readonly folder: string;
  readonly kube: KubeConnection;
  readonly pods: PodWatch;
  /** Floor, deployer alone and vice, in the order in which they take turns. */
  contenders(): Promise<readonly Contender[]>;
  /** Coordinator and deployer as they usually run; started when none do. */
  vice(): Promise<VicePair>;
  /** The same newly started, in place of those that ran. */
  newVice(options?: PairVariant): Promise<VicePair>;
  /** Waits for what goes on after an answer to end. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

export async function openRig(cluster: TestCluster, program: Program, folder: string): Promise<Rig> {
  const kube = connectToKube(cluster.kubeconfig);
  const pods = await watchPods(kube);
  let pair: Promise<VicePair> | undefined;
  let isUsual = false;
  let pairs = 0;

  const newVice = async (variant: PairVariant = {}) => {
    await (await pair)?.stop();
    isUsual = Object.keys(variant).length === 0;
    const home = join(folder, `vice-${++pairs}`);
    await mkdir(home);
    pair = startPair({ program, folder: home, kubeconfig: cluster.kubeconfig, ...variant });
    return pair;
  };
  const vice = () => (pair && isUsual ? pair : newVice());
  return {
    cluster,
    program,
    folder,
    kube,
    pods,
    contenders: async () => {
      const { contender, deployer } = await vice();
      return [bareClient(kube, 'at once'), deployerAlone(deployer.url), contender];
    },
    vice,
    newVice,
    quiet: () => delay(5_000),
    stop: async () => {
      pods.stop();
      await (await pair)?.stop();
    },
  };
}
