import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ConflictError, NotFoundError, UnavailableError } from '../../errors/errors.ts';
import type { FileTransfer, TransferType } from '../../schema/file-transfer.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { anchorOf, type TransferDeps } from './anchored.ts';
import { begin, remember } from './begin.ts';
import { hasTransferProgram } from './has-program.ts';
import { findIn } from './protocol.ts';
import { type Remembered, rememberedIn } from './remembered.ts';
import { type Asked, beingStarted, lost, nothingToTransfer, transferOf } from './told.ts';

/** How long a start may take: less than its claim stands. */
const START_MS = 25_000;
/** How long one who asks at the same time waits for the name of the transfer that another starts. */
const JOIN_MS = 3_000;
const LOOK_AGAIN_MS = 200;
/** Each round means that somebody else changed the anchor between our reading and our writing it. */
const MOST_ROUNDS = 5;

/**
 * Starts a transfer, or joins the one that was asked for and is not over. It goes on to its end also when nobody waits for it any more.
 * @throws NotFoundError; ConflictError: the analysis is being removed; NotReachedError: nothing was started; UnavailableError, UpstreamError: one may
 * have been, and the next request finds out
 */
export async function startTransfer(deps: TransferDeps, externalId: ExternalId, type: TransferType): Promise<FileTransfer> {
  const signal = AbortSignal.timeout(START_MS);
  const asked: Asked = { external_id: externalId, type };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { object, standing } = await anchorOf(deps, externalId, signal);
    if (standing.isTerminating) throw new ConflictError(`${externalId} is being removed`);
    const known = rememberedIn(standing, type);
    if (!known && !(await hasTransferProgram(deps.kubernetes, standing, signal))) return nothingToTransfer(asked);
    const running = known && (await underWay(deps, asked, known, signal));
    if (running) return running;
    const claim: Remembered = { claim: randomUUID(), at: deps.now() };
    const claimed = await remember(deps, object, type, claim, signal);
    if (claimed) return begin(deps, asked, { anchor: claimed, claim }, signal);
  }
  throw new UnavailableError(`others keep changing the anchor of ${externalId}`, { retryAfterSeconds: 1 });
}

/**
 * How the last transfer of a type stands.
 * @throws NotFoundError: no such analysis, or no such transfer was asked for; NotReachedError, UnavailableError, UpstreamError: it is not known now
 */
export async function transferState(deps: TransferDeps, externalId: ExternalId, type: TransferType, signal: AbortSignal): Promise<FileTransfer> {
  const asked: Asked = { external_id: externalId, type };
  const { standing } = await anchorOf(deps, externalId, signal);
  const known = rememberedIn(standing, type);
  if (known) return stateOf(deps, asked, known, signal);
  if (!(await hasTransferProgram(deps.kubernetes, standing, signal))) return nothingToTransfer(asked);
  throw new NotFoundError(`no ${type} of ${externalId} was asked for`);
}

async function stateOf(deps: TransferDeps, asked: Asked, known: Remembered, signal: AbortSignal): Promise<FileTransfer> {
  const { transfers, now } = deps;
  if (known.uuid === undefined) return isAbandoned(deps, known) ? lost(asked, known) : beingStarted(asked, known);
  const record = await findIn(transfers, asked.external_id, asked.type, known.uuid, signal);
  return record ? transferOf(asked, known, record, now()) : lost(asked, known);
}

function isAbandoned({ now, claimMs = 30_000 }: TransferDeps, { at }: Remembered): boolean {
  return now().getTime() - at.getTime() > claimMs;
}

/** The transfer that is remembered, unless it is over. One that another request is starting is waited for, a little. */
async function underWay(deps: TransferDeps, asked: Asked, known: Remembered, signal: AbortSignal): Promise<FileTransfer | undefined> {
  let latest = known;
  const patience = AbortSignal.any([signal, AbortSignal.timeout(JOIN_MS)]);
  while (latest.uuid === undefined && !isAbandoned(deps, latest) && !patience.aborted) {
    await delay(LOOK_AGAIN_MS, undefined, { signal: patience }).catch(() => {}); // then what is known is told
    const { standing } = await anchorOf(deps, asked.external_id, signal);
    const found = rememberedIn(standing, asked.type);
    // It could not be started after all.
    if (found?.claim !== known.claim) return undefined;
    latest = found;
  }
  const transfer = await stateOf(deps, asked, latest, signal);
  return transfer.status === 'requested' || transfer.status === 'running' ? transfer : undefined;
}
