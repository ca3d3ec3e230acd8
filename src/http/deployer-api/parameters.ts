import type { TSchema } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import { InvalidDocumentError } from '../../errors/errors.ts';
import { check } from '../../schema/check.ts';
import { Attempt } from '../../schema/deployment-spec.ts';
import { TransferType } from '../../schema/file-transfer.ts';
import { ExternalId } from '../../schema/ids.ts';

/** Longer polls are cut to this: proxies on the way give up on a silent answer after 30 s or 60 s. */
const LONGEST_POLL_SECONDS = 25;

type Query = Readonly<Record<string, string | undefined>>;

/** The external id in a path. @throws InvalidDocumentError */
export function externalIdIn(params: Readonly<Record<string, string>>): ExternalId {
  const checked = check(ExternalId, params['external_id']);
  if (checked.ok) return checked.value;
  throw fault('external_id', checked.faults[0]?.message ?? 'is no external id');
}

/** The type of a transfer in a path. @throws InvalidDocumentError */
export function transferTypeIn(params: Readonly<Record<string, string>>): TransferType {
  const checked = check(TransferType, params['type']);
  if (checked.ok) return checked.value;
  throw fault('type', 'must be download or upload');
}

/** `?attempt=N&fence=true` of a removal. @throws InvalidDocumentError */
export function removalScopeIn(query: Query): { readonly attempt?: number; readonly fence?: { readonly attempt: number } } {
  const attempt = integerIn(query, 'attempt', Attempt, 'must be a whole number of at least 1');
  const fence = query['fence'] ?? 'false';
  if (fence !== 'true' && fence !== 'false') throw fault('fence', 'must be true or false');
  if (fence === 'false') return attempt === undefined ? {} : { attempt };
  if (attempt === undefined) throw fault('attempt', 'is required with fence=true: it says what is fenced');
  return { attempt, fence: { attempt } };
}

/** `?since=REVISION&wait=SECONDS` of the list. @throws InvalidDocumentError */
export function pollIn(query: Query): { readonly since: string | undefined; readonly waitMs: number } {
  const seconds = integerIn(query, 'wait', Type.Integer({ minimum: 0 }), 'must be a whole number of seconds') ?? 0;
  return { since: query['since'], waitMs: Math.min(seconds, LONGEST_POLL_SECONDS) * 1000 };
}

function integerIn(query: Query, name: string, schema: TSchema, message: string): number | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!check(schema, value).ok) throw fault(name, message);
  return value;
}

function fault(path: string, message: string): InvalidDocumentError {
  return new InvalidDocumentError('a parameter of the request is faulty', { faults: [{ path, message }] });
}
