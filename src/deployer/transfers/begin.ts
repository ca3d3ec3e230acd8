import { UnavailableError } from '../../errors/errors.ts';
import type { FileTransfer } from '../../schema/file-transfer.ts';
import { NotReachedError, ObjectChangedError } from '../errors.ts';
import type { KubeObject } from '../ports.ts';
import { anchorOf, type TransferDeps } from './anchored.ts';
import { startIn } from './protocol.ts';
import { type Remembered, rememberedIn, remembering } from './remembered.ts';
import { type Asked, transferOf } from './told.ts';

/** The right to start a transfer, which one of all who want to has. */
export interface Claimed {
  /** As it stands with the claim. */
  readonly anchor: KubeObject;
  readonly claim: Remembered;
}

/** Each round means that somebody else changed the anchor between our reading and our writing it. */
const MOST_ROUNDS = 5;

/**
 * Starts the transfer and remembers its name. Where nothing was started, nothing is remembered: that an earlier transfer was completed must not be
 * taken for the success of this one.
 */
export async function begin(deps: TransferDeps, asked: Asked, claimed: Claimed, signal: AbortSignal): Promise<FileTransfer> {
  const { claim } = claimed;
  const record = await startIn(deps.transfers, asked.external_id, asked.type, signal).catch(async (err: unknown) => {
    // What cannot be given back ends by itself a little later; what may have been started is not given back.
    if (err instanceof NotReachedError) await settle(deps, asked, claimed, undefined, signal).catch(() => {});
    throw err;
  });
  const named: Remembered = { ...claim, uuid: record.uuid };
  await settle(deps, asked, claimed, named, signal);
  return transferOf(asked, named, record, deps.now());
}

/** Writes `outcome` in the place of the claim. @throws UnavailableError when somebody else has taken the claim for abandoned */
async function settle(
  deps: TransferDeps,
  asked: Asked,
  { anchor, claim }: Claimed,
  outcome: Remembered | undefined,
  signal: AbortSignal,
): Promise<void> {
  let current = anchor;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (await remember(deps, current, asked.type, outcome, signal)) return;
    const { object, standing } = await anchorOf(deps, asked.external_id, signal);
    current = object;
    const found = rememberedIn(standing, asked.type);
    // An answer that was lost on the way: it is written.
    if (outcome?.uuid !== undefined && found?.uuid === outcome.uuid) return;
    if (found?.claim !== claim.claim) break;
  }
  throw new UnavailableError(`another request for the ${asked.type} of ${asked.external_id} came in between`, { retryAfterSeconds: 1 });
}

/** The anchor as it was written; undefined when somebody else wrote first. */
export async function remember(
  { kubernetes }: TransferDeps,
  anchor: KubeObject,
  type: Asked['type'],
  remembered: Remembered | undefined,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  try {
    return await kubernetes.replace(remembering(anchor, type, remembered), signal);
  } catch (err) {
    if (err instanceof ObjectChangedError) return undefined;
    throw err;
  }
}
