import { SpecRefusedError } from '../../errors/errors.ts';
import type { Fault } from '../../schema/check.ts';
import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import { checkIdentity } from './identity.ts';
import { manifestsIn } from './manifests-in.ts';
import { checkPod } from './pod.ts';
import { checkShape } from './shape.ts';

/**
 * What this deployer lets into its cluster, whoever asks for it: only what carries the external id, in its own namespace, without owners or powers of its
 * own. @throws SpecRefusedError with every violation, each with its path in the spec and what would be allowed
 */
export function checkPolicy(spec: ViceDeploymentSpec): void {
  const violations: readonly Fault[] = [
    ...checkShape(spec),
    ...manifestsIn(spec).flatMap(({ path, manifest }) => checkIdentity(spec.metadata.external_id, path, manifest)),
    ...checkPod(spec),
  ];
  if (violations.length === 0) return;
  const count = violations.length === 1 ? '1 violation' : `${violations.length} violations`;
  throw new SpecRefusedError(`the deployer's policy refuses the spec: ${count}`, { faults: violations });
}
