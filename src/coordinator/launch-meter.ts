/** Told of what becomes of launches. Outcomes and codes are from closed sets, clusters are those that are registered. */
export interface LaunchMeter {
  /** `applied` with the name of the cluster that has it; else `already` or the code of the error, and no cluster (`''`). */
  launched(outcome: string, cluster: string, seconds: number): void;
  /** A cluster did not take a launch. */
  refused(cluster: string, code: string): void;
}
