import { Type } from '@sinclair/typebox';
import { UnavailableError, UpstreamError } from '../../errors/errors.ts';
import { check } from '../../schema/check.ts';
import type { TransferType } from '../../schema/file-transfer.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { NotReachedError } from '../errors.ts';
import type { ProgramAnswer, TransferChannel } from './ports.ts';

const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/** What the program answers with. `kind` is not read: uploads say `download` too. */
const Answer = Type.Object({
  uuid: Type.String({ pattern: UUID }),
  status: Type.Union((['requested', 'downloading', 'uploading', 'completed', 'failed'] as const).map((status) => Type.Literal(status))),
  start_time: Type.Optional(Type.Unknown()),
  completion_time: Type.Optional(Type.Unknown()),
});

/** A transfer as the program remembers it. */
export interface ProgramRecord {
  readonly uuid: string;
  readonly status: 'requested' | 'running' | 'completed' | 'failed';
  readonly startedAt?: Date;
  readonly completedAt?: Date;
}

/** An answer takes milliseconds: files are moved in the background. */
const ANSWER_MS = 10_000;

/**
 * Starts a transfer. Where one runs already the program makes a record all the same, which stays `requested` for good.
 * @throws NotReachedError: nothing was started; UnavailableError, UpstreamError: something may have been
 */
export async function startIn(channel: TransferChannel, externalId: ExternalId, type: TransferType, signal: AbortSignal): Promise<ProgramRecord> {
  const answer = await channel.ask(externalId, { method: 'POST', path: `/${type}` }, limited(signal));
  if (answer.status >= 400 && answer.status < 500) throw new NotReachedError(refusal(externalId, answer), { retryAfterSeconds: 5 });
  return recordIn(externalId, answer);
}

/** The transfer of this name; undefined when the program does not know it. @throws NotReachedError, UnavailableError, UpstreamError */
export async function findIn(
  channel: TransferChannel,
  externalId: ExternalId,
  type: TransferType,
  uuid: string,
  signal: AbortSignal,
): Promise<ProgramRecord | undefined> {
  const answer = await channel.ask(externalId, { method: 'GET', path: `/${type}/${uuid}` }, limited(signal));
  if (answer.status === 404) return undefined;
  const record = recordIn(externalId, answer);
  if (record.uuid.toLowerCase() === uuid.toLowerCase()) return record;
  throw new UpstreamError(`the transfer program of ${externalId} was asked for one transfer and told of another`);
}

export function isTransferId(text: unknown): text is string {
  return typeof text === 'string' && new RegExp(UUID).test(text);
}

function limited(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
}

function recordIn(externalId: ExternalId, answer: ProgramAnswer): ProgramRecord {
  if (answer.status >= 500) throw new UnavailableError(refusal(externalId, answer), { retryAfterSeconds: 5 });
  const checked = answer.status === 200 ? check(Answer, parsed(answer.body)) : undefined;
  if (!checked?.ok) throw new UpstreamError(`the transfer program of ${externalId} answered ${answer.status} and no transfer`);
  const { uuid, status, start_time, completion_time } = checked.value;
  const startedAt = dateIn(start_time);
  const completedAt = dateIn(completion_time);
  return {
    uuid,
    status: status === 'downloading' || status === 'uploading' ? 'running' : status,
    ...(startedAt && { startedAt }),
    ...(completedAt && { completedAt }),
  };
}

function refusal(externalId: ExternalId, { status }: ProgramAnswer): string {
  return `the transfer program of ${externalId} answered ${status}`;
}

/** Go writes a time that is not set as the first second of the year 1. */
function dateIn(value: unknown): Date | undefined {
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  return date.getUTCFullYear() >= 1970 ? date : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // What is no JSON is no record either, and refused as such.
    return undefined;
  }
}
