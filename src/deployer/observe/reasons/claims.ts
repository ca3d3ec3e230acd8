import type { Facts } from '../facts.ts';
import type { Warning } from '../warnings.ts';
import { codeIn, type Found, type Reason } from './reason.ts';

export const CLAIM_REASONS = {
  volume_lost: {
    is: 'The volume of claim {about} was deleted, and what was on it is gone',
    hint: 'Exit and launch the analysis again.',
    isFinal: true,
  },
  volume_no_class: {
    is: 'Claim {about} names no storage class, and the cluster has no default one',
    hint: "The administrator sets a default storage class, or `local_storage_class` in the cluster's profile.",
  },
  storage_class_missing: {
    is: 'Claim {about} names a storage class that the cluster does not have',
    hint: "The administrator makes the class, or corrects `local_storage_class` in the cluster's profile.",
  },
  volume_provisioning_failed: {
    is: 'The cluster cannot make the volume of claim {about}',
    hint: 'It is tried again by itself; if it goes on, ask the administrator.',
  },
  volume_mismatch: {
    is: 'The volume that claim {about} names cannot be bound to it',
    hint: 'Exit and launch the analysis again; if it goes on, ask the administrator what has taken the volume.',
  },
  volume_provisioning: {
    is: 'The volume of claim {about} is being made',
    hint: "If it takes longer than some minutes, ask the administrator whether the storage class's provisioner runs.",
  },
  volume_unbound: { is: 'The volume of claim {about} is not bound to it yet', hint: 'If it takes longer than a minute, ask the administrator.' },
  volume_waiting_for_pod: { is: 'The volume of claim {about} is made once the pod of the analysis has a node', hint: 'Wait a moment.' },
  claim_missing: { is: 'A claim of the analysis is not in the cluster', hint: 'The same launch again brings it back.' },
} as const satisfies Record<string, Reason>;

type ClaimCode = keyof typeof CLAIM_REASONS;

const SAID: readonly (readonly [RegExp, ClaimCode])[] = [[/storageclass\S* "[^"]*" not found/i, 'storage_class_missing']];

/** Of a claim that is lost nothing comes any more, whatever its pod says. */
export function lostClaim(claims: readonly Facts[]): Found<ClaimCode> | undefined {
  const lost = claims.find(({ details }) => details?.claim?.phase === 'Lost');
  return lost && { code: 'volume_lost', about: lost.name };
}

/** What keeps claims from being bound; one that only waits for its pod comes last. */
export function claimTrouble(claims: readonly Facts[], warnings: readonly Warning[]): Found<ClaimCode> | undefined {
  const found = claims.flatMap((claim) => pendingClaim(claim, warnings) ?? []);
  return found.find(({ code }) => code !== 'volume_waiting_for_pod' && code !== 'volume_provisioning') ?? found.find(isUnderWay) ?? found[0];
}

function isUnderWay({ code }: Found<ClaimCode>): boolean {
  return code === 'volume_provisioning';
}

function pendingClaim({ name: about, uid, details }: Facts, warnings: readonly Warning[]): Found<ClaimCode> | undefined {
  const claim = details?.claim;
  // Nobody has looked at it yet, or it is in use.
  if (claim?.phase !== 'Pending') return undefined;
  const told = warnings.filter((warning) => warning.about === uid);
  const failed = told.find(({ reason }) => reason === 'ProvisioningFailed');
  if (failed) return { code: codeIn(failed.message, SAID) ?? 'volume_provisioning_failed', about, said: failed.message };
  const mismatch = told.find(({ reason }) => reason === 'VolumeMismatch' || reason === 'FailedBinding');
  if (mismatch) return { code: 'volume_mismatch', about, said: mismatch.message };
  if (claim.isNamed) return { code: 'volume_unbound', about };
  if (claim.provisioner !== undefined) return { code: 'volume_provisioning', about, said: `by ${claim.provisioner}` };
  return { code: (claim.storageClass ?? '') === '' ? 'volume_no_class' : 'volume_waiting_for_pod', about };
}
