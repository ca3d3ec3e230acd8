import type { ExternalId } from '../../schema/ids.ts';

/** One HTTP request to the program that transfers the files of an analysis. */
export interface ProgramRequest {
  readonly method: 'GET' | 'POST';
  /** `/upload`, with nothing that needs to be encoded. */
  readonly path: string;
}

export interface ProgramAnswer {
  readonly status: number;
  /** As text, at most 64 KiB of it. */
  readonly body: string;
}

/** The way to the program that transfers files, which runs in the pod of each analysis beside it. */
export interface TransferChannel {
  /**
   * Asks once, at port 60001 of the analysis' own Service in the deployer's namespace and nowhere else: no redirect is followed. What answers runs in
   * a user's pod, and may say anything.
   * @throws NotReachedError: the program got nothing of the request; UnavailableError: no answer, and whether it got the request is not known;
   * ClusterMisconfiguredError
   */
  ask(externalId: ExternalId, request: ProgramRequest, signal: AbortSignal): Promise<ProgramAnswer>;
}
