import type { ClusterProfile } from '../schema/cluster-profile.ts';
import type { DiscoveryEnvironment } from './discovery-environment.ts';

/** A cluster of the demo, with its deployer running. */
export interface StageCluster {
  readonly name: string;
  readonly deployerUrl: string;
  /** Lower is asked first. */
  readonly priority: number;
  readonly profile: ClusterProfile;
  readonly namespace: string;
  /** Kinds of what the cluster holds of an analysis, one for each object, where the demo can look inside. */
  readonly kindsOf?: (externalId: string) => readonly string[];
  /** Command lines that reach the page of an analysis, where `pagePort` leads nowhere. */
  readonly openInside: (externalId: string) => readonly string[];
  /** Command lines that look into the cluster itself. */
  readonly lookInside: (externalId: string) => readonly string[];
}

/** The body of the launch, as far as the story reads it. */
export interface LaunchBody {
  readonly uuid: string;
  readonly user_id: string;
  readonly username: string;
  readonly name: string;
}

/** Everything that runs when the story begins. */
export interface Stage {
  readonly coordinatorUrl: string;
  readonly clusters: readonly StageCluster[];
  readonly environment: DiscoveryEnvironment;
  /** Goes out as it is. */
  readonly body: LaunchBody;
  /** Path of a file with the same body, for a command line that launches it again. */
  readonly bodyFile?: string;
  /** First label of the analysis' host name. */
  readonly subdomain: string;
  /** Port on 127.0.0.1 that leads to the pages of analyses. Absent: only the cluster's own edge does. */
  readonly pagePort?: number;
  /** How long the pod of the example may take. */
  readonly startLimitMs: number;
}
