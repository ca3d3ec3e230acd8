import { NotFoundError } from '../../errors/errors.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { anchorName, type Standing, standingOf } from '../anchor.ts';
import type { KubeObject, Kubernetes } from '../ports.ts';
import type { TransferChannel } from './ports.ts';

export interface TransferDeps {
  readonly kubernetes: Kubernetes;
  readonly transfers: TransferChannel;
  readonly now: () => Date;
  /** How long another deployer may take from its claim to the name of its transfer; then it counts as dead. @default 30 s */
  readonly claimMs?: number;
}

/** The anchor of an analysis, read a moment ago. */
export interface Anchored {
  readonly object: KubeObject;
  readonly standing: Standing & { readonly is: 'anchor' };
}

/** @throws NotFoundError: nothing of the analysis is in the cluster */
export async function anchorOf({ kubernetes }: Pick<TransferDeps, 'kubernetes'>, externalId: ExternalId, signal: AbortSignal): Promise<Anchored> {
  const object = await kubernetes.find({ kind: 'ConfigMap', name: anchorName(externalId) }, signal);
  const standing = object && standingOf(object);
  if (object && standing?.is === 'anchor') return { object, standing };
  throw new NotFoundError(`nothing of ${externalId} is in this cluster`);
}
