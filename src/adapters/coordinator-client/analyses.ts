import { UpstreamError } from '../../errors/errors.ts';
import { AssignmentPage, AssignmentReport } from '../../schema/assignment.ts';
import { check } from '../../schema/check.ts';
import { LogRecord, Logs } from '../../schema/logs.ts';
import type { CoordinatorClient } from './coordinator-client.ts';
import { type Parameters, queryOf } from './query.ts';
import { parsed } from './refusals.ts';

const base = '/api/v1/analyses';
/** Longer than a coordinator tries clusters for one launch. */
const LAUNCH_MS = 120_000;
/** A line of 64 Ki characters as JSON writes it at worst, six bytes a character, and a little more. */
const LONGEST_LINE = 512 * 1024;

export const analysisApi = (coordinator: CoordinatorClient, signal: AbortSignal) => ({
  list: (filter: Parameters) => coordinator.ask({ method: 'GET', path: `${base}${queryOf(filter)}` }, AssignmentPage, signal),
  report: (id: string) => coordinator.ask({ method: 'GET', path: pathOf(id) }, AssignmentReport, signal),
  launch: (document: unknown) => coordinator.tell({ method: 'POST', path: '/vice/launch', body: document, timeoutMs: LAUNCH_MS }, signal),
  exit: (id: string) => coordinator.tell({ method: 'POST', path: `/vice/${encodeURIComponent(id)}/exit` }, signal),
  logs: (id: string, parameters: Parameters) => coordinator.ask({ method: 'GET', path: `${pathOf(id)}/logs${queryOf(parameters)}` }, Logs, signal),
  /** The records of a log as they come. @throws UnavailableError, also when the connection breaks; UpstreamError for what is no record */
  async *followLogs(id: string, parameters: Parameters): AsyncGenerator<LogRecord> {
    const chunks = await coordinator.open({ method: 'GET', path: `${pathOf(id)}/logs${queryOf({ ...parameters, follow: 'true' })}` }, signal);
    for await (const line of linesOf(chunks)) yield recordIn(line);
  },
});

function pathOf(id: string): string {
  return `${base}/${encodeURIComponent(id)}`;
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    if (text.length > LONGEST_LINE) throw new UpstreamError('the coordinator sent a line without an end');
    yield* lines.filter((line) => line !== '');
  }
}

function recordIn(line: string): LogRecord {
  const record = check(LogRecord, parsed(line));
  if (record.ok) return record.value;
  throw new UpstreamError('the coordinator sent what is no record of a log');
}
