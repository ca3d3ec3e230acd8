import type { FileTransfer, TransferType } from '../../schema/file-transfer.ts';
import type { ExternalId } from '../../schema/ids.ts';
import type { ProgramRecord } from './protocol.ts';
import type { Remembered } from './remembered.ts';

export interface Asked {
  readonly external_id: ExternalId;
  readonly type: TransferType;
}

/** A transfer begins within moments, or never: another one was running, or there is no list of what to copy. */
const BEGIN_MS = 60_000;
const LONGEST_MS = 24 * 60 * 60_000;

const AGAIN = 'Ask for the transfer again.';
const SEE_LOG = 'The log of the container input-files says why; ask for the transfer again.';

/** What the program says of a transfer that was remembered, as the deployer tells it. Pure: `now` is the caller's. */
export function transferOf(asked: Asked, remembered: Remembered, record: ProgramRecord, now: Date): FileTransfer {
  const { uuid, startedAt = remembered.at, completedAt } = record;
  const times = { started_at: startedAt.toISOString(), ...(completedAt && isFinal(record) && { completed_at: completedAt.toISOString() }) };
  const transfer = { ...asked, uuid, ...times };
  const age = now.getTime() - remembered.at.getTime();
  switch (record.status) {
    case 'completed':
      return { ...transfer, status: 'completed' };
    case 'failed':
      return { ...transfer, status: 'failed', message: `The ${asked.type} failed.`, hint: SEE_LOG };
    case 'requested':
      if (age < BEGIN_MS) return { ...transfer, status: 'requested' };
      return { ...transfer, status: 'failed', message: `The ${asked.type} did not begin: another one was running.`, hint: AGAIN };
    case 'running':
      if (age < LONGEST_MS) return { ...transfer, status: 'running' };
      return { ...transfer, status: 'failed', message: `The ${asked.type} has been running for more than a day.`, hint: SEE_LOG };
  }
}

function isFinal({ status }: ProgramRecord): boolean {
  return status === 'completed' || status === 'failed';
}

/** Another request is about to start it, and will remember its name. */
export function beingStarted(asked: Asked, { at }: Remembered): FileTransfer {
  return { ...asked, status: 'requested', started_at: at.toISOString() };
}

export function lost(asked: Asked, { uuid, at }: Remembered): FileTransfer {
  const message = `How the ${asked.type} went is not known: the program that ran it was restarted, or its start was cut off.`;
  return { ...asked, ...(uuid !== undefined && { uuid }), status: 'lost', started_at: at.toISOString(), message, hint: AGAIN };
}

/** With the CSI driver the analysis works in the data store itself. */
export function nothingToTransfer(asked: Asked): FileTransfer {
  return { ...asked, status: 'completed', message: 'The data store is mounted into the analysis: there is nothing to transfer.' };
}
