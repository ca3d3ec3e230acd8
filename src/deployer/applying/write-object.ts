import { ConflictError } from '../../errors/errors.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { anchorName } from '../anchor.ts';
import type { DeployerDeps } from '../deps.ts';
import { AlreadyThereError } from '../errors.ts';
import { KINDS, type Kind } from '../kinds.ts';
import { MANAGED_BY, VOLUME_ANCHOR, VOLUME_NAMESPACE } from '../labels.ts';
import type { KubeObject, Manifest } from '../ports.ts';
import { type Claim, stillTerminating } from './claim-anchor.ts';

/** Under which anchor an object is written. */
export interface Under {
  readonly external_id: ExternalId;
  readonly claim: Claim;
}

/**
 * Writes one object of an analysis with one request, unless its name is taken. A new anchor's objects are created; those of an anchor that was there
 * are applied over whatever of them exists and is ours. Volumes are always created: applying over one that is being deleted succeeds, and then it vanishes.
 * @throws TerminatingError: one of an earlier life is still there; ConflictError: somebody else's is
 */
export async function writeObject(deps: DeployerDeps, under: Under, manifest: Manifest, signal: AbortSignal): Promise<KubeObject> {
  const { external_id, claim } = under;
  const kind = kindOf(manifest);
  const mustCreate = claim.isNew || kind === 'PersistentVolume';
  const written = await (mustCreate ? create : applyOver)(deps, under, kind, manifest, signal);
  if (written.metadata.deletionTimestamp !== undefined) throw stillTerminating({ external_id });
  deps.observer.own.wrote(kind, written);
  return written;
}

async function create(
  { kubernetes, namespace }: DeployerDeps,
  under: Under,
  kind: Kind,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<KubeObject> {
  const { name } = manifest.metadata;
  try {
    return await kubernetes.create(manifest, signal);
  } catch (err) {
    if (!(err instanceof AlreadyThereError)) throw err;
    if (err.isTerminating) throw stillTerminating(under, err);
    const found = await kubernetes.find({ kind, name }, signal);
    const whose = found === undefined ? 'earlier' : belonging(found, under, namespace);
    if (found !== undefined && whose === 'ours') return found;
    if (whose === 'strange') throw new ConflictError(`${kind} ${name} exists and does not belong to this analysis`, { cause: err });
    // It goes by itself: Kubernetes collects what has no owner any more, and the undoing of this attempt removes such a volume.
    throw stillTerminating(under, err);
  }
}

/**
 * Applying takes over whatever has the name, whoever made it: an analysis that is named after somebody else's object, sent twice at once, would get it by
 * its second request, and take it along when it is removed. So it is looked at first; repeats are rare.
 */
async function applyOver({ kubernetes }: DeployerDeps, _: Under, kind: Kind, manifest: Manifest, signal: AbortSignal): Promise<KubeObject> {
  const { name } = manifest.metadata;
  const found = await kubernetes.find({ kind, name }, signal);
  if (found !== undefined && found.metadata.labels?.[MANAGED_BY.key] !== MANAGED_BY.value) {
    throw new ConflictError(`${kind} ${name} exists and does not belong to this analysis`);
  }
  return kubernetes.apply(manifest, signal);
}

/** Whose object it is that has the name: of this anchor (an earlier try, or a twin of this request), of an earlier anchor, or nobody's we know. */
export function belonging({ metadata }: KubeObject, { external_id, claim }: Under, namespace: string): 'ours' | 'earlier' | 'strange' {
  const { labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  const owners = ownerReferences.filter(({ kind, name }) => kind === 'ConfigMap' && name === anchorName(external_id)).map(({ uid }) => uid);
  const isOwnVolume = labels[MANAGED_BY.key] === MANAGED_BY.value && labels[VOLUME_NAMESPACE] === namespace;
  const anchors = isOwnVolume ? [...owners, annotations[VOLUME_ANCHOR] ?? ''] : owners;
  if (anchors.includes(claim.uid)) return 'ours';
  return anchors.length > 0 ? 'earlier' : 'strange';
}

function kindOf({ kind }: Manifest): Kind {
  if (kind in KINDS) return kind as Kind; // it is a key of the table
  throw new Error(`cannot happen: the deployer does not write ${kind}`);
}
