import { DeployerUnreachableError, NotFoundError, NotStartedError, UnavailableError, UpstreamError } from '../../errors/errors.ts';
import type { AssignmentPage, AssignmentReport, ClusterAnswer } from '../../schema/assignment.ts';
import type { ExternalId } from '../../schema/ids.ts';
import type { LogRecord, Logs } from '../../schema/logs.ts';
import type { AssignmentFilter, AssignmentReader, AssignmentRow, Home, Homes, LogParameters } from './ports.ts';

export interface LookingDeps {
  readonly rows: AssignmentReader;
  readonly homes: Homes;
}

/** What an operator sees of analyses. Nothing is changed by looking. */
export interface AnalysisUseCases {
  /** @throws UnavailableError */
  list(filter: AssignmentFilter, signal: AbortSignal): Promise<AssignmentPage>;
  /** The row and what its cluster says at this moment; a cluster that does not answer is part of the answer. @throws NotFoundError, UnavailableError */
  report(externalId: ExternalId, signal: AbortSignal): Promise<AssignmentReport>;
  /** @throws as `report`, and as {@link Home.logs} */
  logs(externalId: ExternalId, parameters: LogParameters, signal: AbortSignal): Promise<Logs>;
  /** @throws as `logs` */
  followLogs(externalId: ExternalId, parameters: LogParameters, signal: AbortSignal): Promise<AsyncIterable<readonly LogRecord[]>>;
}

export function analysisUseCases({ rows, homes }: LookingDeps): AnalysisUseCases {
  const found = async (externalId: ExternalId, signal: AbortSignal): Promise<AssignmentRow> => {
    const row = await rows.find(externalId, signal);
    if (row === undefined) throw new NotFoundError(`there is no analysis ${externalId}`);
    return row;
  };
  const homeOf = async (externalId: ExternalId, signal: AbortSignal): Promise<Home> => {
    const { cluster, state } = await found(externalId, signal);
    if (state === 'reserved' || cluster === undefined) throw new NotStartedError(`the analysis is in no cluster: it is ${state}`);
    const home = homes.homeOf(cluster.id);
    if (home === undefined) throw new UnavailableError(`the cluster ${cluster.name} of the analysis is not known to this coordinator`);
    return home;
  };
  return {
    async list(filter, signal) {
      const analyses = [...(await rows.page(filter, signal))];
      const last = analyses.at(-1);
      return { analyses, ...(analyses.length === filter.limit && last && { next: last.external_id }) };
    },
    async report(externalId, signal) {
      const row = await found(externalId, signal);
      const home = row.cluster === undefined || row.state === 'stopped' ? undefined : homes.homeOf(row.cluster.id);
      return home === undefined ? row : { ...row, in_cluster: await asked(home, externalId, signal) };
    },
    logs: async (externalId, parameters, signal) => (await homeOf(externalId, signal)).logs(externalId, parameters, signal),
    followLogs: async (externalId, parameters, signal) => (await homeOf(externalId, signal)).followLogs(externalId, parameters, signal),
  };
}

async function asked(home: Home, externalId: ExternalId, signal: AbortSignal): Promise<ClusterAnswer> {
  try {
    const status = await home.report(externalId, signal);
    return status === undefined ? { answer: 'gone' } : { answer: 'status', status };
  } catch (err) {
    if (err instanceof DeployerUnreachableError || err instanceof UnavailableError || err instanceof UpstreamError) {
      return { answer: 'unreachable', reason: err.message };
    }
    throw err;
  }
}
