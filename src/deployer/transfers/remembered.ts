import type { TransferType } from '../../schema/file-transfer.ts';
import { type Anchor, TRANSFER_KEY } from '../anchor.ts';
import { record } from '../observe/read.ts';
import type { KubeObject, Manifest } from '../ports.ts';
import { isTransferId } from './protocol.ts';

/**
 * What the anchor of an analysis says of its last transfer of a type. It is written before the program is asked to start one, and again when that has
 * got its name: whoever finds it without a name knows that one may have been started.
 */
export interface Remembered {
  /** Tells two deployers apart that start one at the same time. */
  readonly claim: string;
  /** When it was written first, by the clock of the deployer that did. */
  readonly at: Date;
  readonly uuid?: string;
}

/** What makes no sense, somebody may have written by hand: it counts as not there. */
export function rememberedIn({ transfers }: Pick<Anchor, 'transfers'>, type: TransferType): Remembered | undefined {
  const { claim, at, uuid } = record(parsed(transfers?.[type]));
  const date = new Date(typeof at === 'string' ? at : Number.NaN);
  if (typeof claim !== 'string' || Number.isNaN(date.getTime())) return undefined;
  return { claim, at: date, ...(isTransferId(uuid) && { uuid }) };
}

/** The ConfigMap of an anchor as it is to be written in the place of what was read: anybody's change in between is a conflict. */
export function remembering(anchor: KubeObject, type: TransferType, remembered: Remembered | undefined): Manifest {
  const { [TRANSFER_KEY[type]]: _, ...others } = record(anchor['data']);
  const data = remembered ? { ...others, [TRANSFER_KEY[type]]: JSON.stringify(remembered) } : others;
  return { ...anchor, apiVersion: 'v1', kind: 'ConfigMap', data };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}
