import type { Assignment, AssignmentReport, AssignmentState } from '../../schema/assignment.ts';
import type { DeploymentStatus } from '../../schema/deployment-status.ts';
import type { ClusterId, ExternalId } from '../../schema/ids.ts';
import type { LogRecord, Logs } from '../../schema/logs.ts';

/** Which analyses somebody wants to see. What is absent does not matter. */
export interface AssignmentFilter {
  readonly states?: readonly AssignmentState[];
  /** Name or id. */
  readonly cluster?: string;
  /** Name or id. */
  readonly user?: string;
  readonly limit: number;
  /** Only those that were launched before this one. */
  readonly before?: ExternalId;
}

/** A row, with what only a closer look wants. */
export type AssignmentRow = Omit<AssignmentReport, 'in_cluster'>;

/** The rows of `vice_deployments`, for somebody who looks. @throws UnavailableError */
export interface AssignmentReader {
  /** The latest first. */
  page(filter: AssignmentFilter, signal: AbortSignal): Promise<readonly Assignment[]>;
  find(externalId: ExternalId, signal: AbortSignal): Promise<AssignmentRow | undefined>;
}

/** Parameters of a request for logs, by the names that they have on the wire. The deployer judges them. */
export type LogParameters = Readonly<Record<string, string>>;

/** The deployer of one cluster, as somebody sees it who looks. Everything @throws DeployerUnreachableError, UnavailableError, UpstreamError */
export interface Home {
  /** Undefined when the cluster was asked and has nothing of it. */
  report(externalId: ExternalId, signal: AbortSignal): Promise<DeploymentStatus | undefined>;
  /** @throws InvalidDocumentError, NotFoundError, NotStartedError, OverloadedError */
  logs(externalId: ExternalId, parameters: LogParameters, signal: AbortSignal): Promise<Logs>;
  /**
   * As they are written, until `signal` aborts. The last record is an `end`, also where the connection broke.
   * @throws as `logs`, before the first record
   */
  followLogs(externalId: ExternalId, parameters: LogParameters, signal: AbortSignal): Promise<AsyncIterable<readonly LogRecord[]>>;
}

export interface Homes {
  /** Undefined when no such cluster is registered any more. */
  homeOf(clusterId: ClusterId): Home | undefined;
}
