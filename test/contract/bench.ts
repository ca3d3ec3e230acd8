import type { Kube } from '../support/kube.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import type { DeployerClient } from './deployer-client.ts';

/** What the suite is run against. */
export interface Subject {
  readonly name: string;
  /** A real control plane: the cases that need its controllers run too. */
  readonly real: boolean;
  /** Whether the deployer keeps what it saw: it answers from memory and can wait for a change. Lambda keeps nothing. */
  readonly remembers: boolean;
  namespace(): string;
  /** Starts one more deployer on the same cluster. */
  start(): Promise<{ readonly url: string; stop(): Promise<void> }>;
  /** A look at the cluster itself. */
  cluster(): Kube;
}

/** What a case works with. */
export interface Bench {
  readonly subject: Subject;
  readonly deployer: DeployerClient;
  /** Another one on the same cluster: whatever one of them did, the other must know how to go on with. */
  readonly other: DeployerClient;
  readonly cluster: ClusterObjects;
  /** The id of an analysis that nobody has; what is left of it is removed in the end. */
  newId(): string;
}

/** Gives the bench once it stands. */
export type Given = () => Bench;
/** For one case on a busy machine. */
export const CASE_MS = 120_000;
