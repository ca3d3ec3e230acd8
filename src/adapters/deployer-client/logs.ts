import type { LogParameters } from '../../coordinator/looking/ports.ts';
import { InvalidDocumentError, NotFoundError, NotStartedError, UnavailableError, UpstreamError } from '../../errors/errors.ts';
import { type ErrorFacts, ViceError } from '../../errors/vice-error.ts';
import { check } from '../../schema/check.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { LogRecord, Logs } from '../../schema/logs.ts';
import type { Answer, OpenedAnswer } from './exchange.ts';
import { errorOf, parsed } from './refusals.ts';

/** What may be between two records, which a deployer promises every few seconds. */
const SILENCE_MS = 30_000;
/** A line of 64 Ki characters as JSON writes it at worst, six bytes a character, and a little more. */
const LONGEST_LINE = 512 * 1024;

export function logsPath(externalId: ExternalId, parameters: LogParameters): string {
  const query = new URLSearchParams(parameters).toString();
  return `/api/v1/deployments/${externalId}/logs${query === '' ? '' : `?${query}`}`;
}

/** @throws InvalidDocumentError, NotFoundError, NotStartedError, OverloadedError, UnavailableError, UpstreamError */
export function logsIn(answer: Answer): Logs {
  if (answer.status !== 200) throw logErrorOf(answer);
  const logs = check(Logs, parsed(answer.text));
  if (logs.ok) return logs.value;
  throw new UpstreamError('the deployer answered with what are no logs', { faults: logs.faults });
}

/** A refusal to tell logs: here a faulty request is the caller's own. */
function logErrorOf(answer: Answer): ViceError {
  const err = errorOf(answer);
  const code = err.details?.['code'];
  const facts: ErrorFacts = err.faults === undefined ? {} : { faults: err.faults };
  if (answer.status === 400 && code === 'invalid_document') return new InvalidDocumentError(err.message, facts);
  if (answer.status === 404 && code === 'not_found') return new NotFoundError(err.message);
  return answer.status === 409 && code === 'not_started' ? new NotStartedError(err.message) : err;
}

/** The records of an answer that goes on. It never throws once it has begun: what breaks is told as the last record. */
export async function* recordsIn(answer: OpenedAnswer): AsyncGenerator<readonly LogRecord[]> {
  let isEnded = false;
  try {
    for await (const records of batches(answer)) {
      isEnded = records.some((record) => 'end' in record);
      yield records;
    }
    if (!isEnded) yield [{ end: 'interrupted', message: 'the deployer stopped in the middle' }];
  } catch (err) {
    yield [{ end: 'interrupted', message: reasonOf(err) }];
  } finally {
    answer.close();
  }
}

function reasonOf(err: unknown): string {
  if (err instanceof ViceError) return err.message;
  const isOurs = err instanceof Error && err.name === 'AbortError';
  return isOurs ? 'the coordinator is ending' : 'the connection to the deployer broke';
}

async function* batches({ chunks }: OpenedAnswer): AsyncGenerator<readonly LogRecord[]> {
  const decoder = new TextDecoder();
  const source = chunks[Symbol.asyncIterator]();
  let text = '';
  for (;;) {
    const { done, value } = await inTime(source.next());
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    if (text.length > LONGEST_LINE) throw new UpstreamError('the deployer sent a line without an end');
    const records = lines.filter((line) => line !== '').map(recordOf);
    if (records.length > 0) yield records;
  }
}

function recordOf(line: string): LogRecord {
  const record = check(LogRecord, parsed(line));
  if (record.ok) return record.value;
  throw new UpstreamError('the deployer sent what is no record of a log');
}

async function inTime<T>(next: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new UnavailableError(`the deployer was silent for ${SILENCE_MS / 1_000} s`)), SILENCE_MS);
  try {
    return await Promise.race([next, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a deployer that does not follow (a function) answers, as records: what is there, and that one has to ask again. */
export async function* recordsOf({ pod, container, since_time, lines }: Logs): AsyncGenerator<readonly LogRecord[]> {
  yield [{ pod, container, since_time }, ...lines.map((line) => ({ line }))];
  yield [{ end: 'interrupted', message: 'this deployer does not follow: ask again with since-time' }];
}
