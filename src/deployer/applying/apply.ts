import {
  ClusterFullError,
  ClusterMisconfiguredError,
  ConflictError,
  SpecRefusedError,
  TerminatingError,
  UnavailableError,
} from '../../errors/errors.ts';
import { ViceError } from '../../errors/vice-error.ts';
import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import type { DeploymentStatus } from '../../schema/deployment-status.ts';
import type { Anchor } from '../anchor.ts';
import type { DeployerDeps } from '../deps.ts';
import { everyManifest, type Manifests, manifestsOf, nameOf, objectNames } from '../manifests.ts';
import type { Observed, Written } from '../observe/observer.ts';
import { statusOf } from '../observe/status.ts';
import type { Manifest } from '../ports.ts';
import { claimAnchor, stillTerminating } from './claim-anchor.ts';
import { isHoldingDeployment, undo } from './undo.ts';
import { type Under, writeObject } from './write-object.ts';

/** What an apply did. */
export interface Applied {
  /** False: the same spec was applied before, or is being applied by a twin of this request. */
  readonly isNew: boolean;
  readonly status: DeploymentStatus;
}

/** A whole apply takes no longer: a POST must not outlive the tombstone of its fence. */
const APPLY_TIMEOUT_MS = 60_000;

/** What the cluster's answers say about an apply, the most telling first. Each of them but the last means that this attempt cannot succeed as it is. */
const VERDICTS = [TerminatingError, ClusterFullError, SpecRefusedError, ConflictError, ClusterMisconfiguredError] as const;

/**
 * Applies a checked spec: the anchor first, then everything else beside one another, the Deployment once volumes and claims stand. What a definite
 * refusal leaves half-done is undone before it is told; what got no answer stays for the next try or a removal.
 * @throws TerminatingError, ConflictError, FencedError, ClusterFullError, SpecRefusedError, ClusterMisconfiguredError, UnavailableError
 */
export async function apply(deps: DeployerDeps, spec: ViceDeploymentSpec, sent: Pick<Anchor, 'spec_hash' | 'origin'>): Promise<Applied> {
  const { external_id, attempt = 1 } = spec.metadata;
  // Nobody's leaving stops it half-way: a caller that is gone asks again, or removes what is there.
  const signal = AbortSignal.timeout(APPLY_TIMEOUT_MS);
  const anchor = { external_id, attempt, ...sent, objects: objectNames(spec) };
  const claim = await claimAnchor(deps, anchor, signal);
  const manifests = manifestsOf(spec, deps.namespace, claim.uid);
  const { written, failures } = await writeAll(deps, { external_id, claim }, manifests, signal);
  if (failures.length > 0) throw await failure(deps, { external_id, claim }, failures, written, manifests);
  await refuseIfRemoved(deps, { external_id, claim }, manifests.volumes.length > 0, signal);
  const seen = deps.observer.own.after(external_id, [{ kind: 'ConfigMap', object: claim.object }, ...written]);
  return { isNew: claim.isNew, status: told(seen) };
}

function told(seen: Observed): DeploymentStatus {
  return statusOf(seen.view, seen);
}

/** Waits for every request, also when one fails: nothing of an attempt may still be on its way when it is answered, or undone. */
async function writeAll(deps: DeployerDeps, under: Under, manifests: Manifests, signal: AbortSignal) {
  const { volumes, boundClaims, freeClaims, others, deployment } = manifests;
  const written: Written[] = [];
  const failures: unknown[] = [];
  const write = async (manifest: Manifest): Promise<boolean> => {
    try {
      const object = await writeObject(deps, under, manifest, signal);
      // The kinds of a spec's manifests are checked by its schema, and all of them are in the table.
      written.push({ kind: manifest.kind as Written['kind'], object });
      return true;
    } catch (err) {
      failures.push(err);
      return false;
    }
  };
  const writeEach = async (some: readonly Manifest[]) => (await Promise.all(some.map(write))).every(Boolean);
  const writeVolumes = async () => (await writeEach(volumes)) && (await writeEach(boundClaims));
  const writePod = async () => {
    const isStored = await Promise.all([writeVolumes(), writeEach(freeClaims)]);
    return isStored.every(Boolean) && write(deployment);
  };
  // The longest chain first: its requests are the ones that are waited for in the end.
  await Promise.all([writePod(), writeEach(others)]);
  return { written, failures };
}

async function failure(
  deps: DeployerDeps,
  under: Under,
  failures: readonly unknown[],
  written: readonly Written[],
  manifests: Manifests,
): Promise<unknown> {
  const verdict = VERDICTS.flatMap((kind) => failures.filter((err): err is ViceError => err instanceof kind)).at(0);
  if (verdict === undefined) return unfinished(under, failures, written, manifests);
  // A repeat of what runs already must not take it down, whatever the repeat is refused for.
  if (!under.claim.isNew && (await isHoldingDeployment(deps, under, manifests.deployment.metadata.name))) return verdict;
  if (await undo(deps, under)) return verdict;
  const message = `${under.external_id} was refused (${verdict.message}), and what was made of it could not be taken back yet; a removal ends it`;
  return new UnavailableError(message, { cause: verdict, retryAfterSeconds: 1 });
}

function unfinished({ external_id }: Under, failures: readonly unknown[], written: readonly Written[], manifests: Manifests): unknown {
  const unforeseen = failures.find((err) => !(err instanceof ViceError && err.retryable));
  if (unforeseen !== undefined) return unforeseen;
  const applied = written.map(({ kind, object }) => nameOf(kind, object.metadata.name)).sort();
  const unknown = everyManifest(manifests)
    .map(({ kind, metadata }) => nameOf(kind, metadata.name))
    .filter((name) => !applied.includes(name));
  const message = `${external_id} is applied in part, because the kube-apiserver did not answer; the same request completes it and a removal ends it`;
  return new UnavailableError(message, { details: { applied, unknown }, cause: failures[0], retryAfterSeconds: 1 });
}

/**
 * What a removal meanwhile could not know of must not stay. Kubernetes collects what is owned by an anchor that is gone, but a volume has no owner: it was
 * created before this question, and whoever removes the anchor after it removes the volume as well.
 */
async function refuseIfRemoved(deps: DeployerDeps, under: Under, hasVolumes: boolean, signal: AbortSignal): Promise<void> {
  const { observer } = deps;
  const { external_id, claim } = under;
  const known = observer.own.isLeaving(external_id, claim.uid);
  const isLeaving = known ?? (hasVolumes && (await isAnchorGone(deps, under, signal)));
  if (!isLeaving) return;
  await undo(deps, under);
  throw stillTerminating({ external_id });
}

async function isAnchorGone({ observer }: DeployerDeps, { external_id, claim }: Under, signal: AbortSignal): Promise<boolean> {
  const { facts } = await observer.look(external_id, signal);
  const anchor = facts.find(({ details }) => details?.standing !== undefined);
  return anchor?.uid !== claim.uid || anchor.isTerminating;
}
