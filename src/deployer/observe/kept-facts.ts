import type { ExternalId } from '../../schema/ids.ts';
import type { Anchor, Fence, Standing } from '../anchor.ts';
import type { Kind } from '../kinds.ts';
import type { Details, Facts, Leaving } from './facts.ts';
import type { Shared } from './shared.ts';

/** Stands for the external id in texts that differ in nothing else; no name in Kubernetes has it. */
const ID = '*';

/**
 * {@link Facts} as they are kept in memory, an eighth of what they are as plain objects: what is the same in many analyses is there once, names without
 * their external id included.
 */
export class KeptFacts implements Facts {
  readonly kind: Kind;
  readonly external_id: ExternalId;
  readonly uid: string;
  readonly version: number;
  readonly isTerminating: boolean;
  readonly leaving: Leaving | undefined;
  readonly createdAt: number;
  readonly anchorUid?: string | undefined;
  readonly details?: Details | undefined;
  readonly #name: string;

  /** `siblings` are what is kept of the same analysis. */
  constructor(facts: Facts, externalId: ExternalId, siblings: readonly Facts[], shared: Shared) {
    const { kind, name, uid, version, isTerminating, leaving, createdAt, anchorUid, details } = facts;
    this.kind = kind;
    this.external_id = externalId;
    this.uid = uid;
    this.version = version;
    this.isTerminating = isTerminating;
    this.leaving = leaving;
    this.createdAt = createdAt;
    this.anchorUid =
      siblings.find((one) => one.uid === anchorUid)?.uid ?? siblings.find((one) => one.anchorUid === anchorUid)?.anchorUid ?? anchorUid;
    this.details = details?.standing ? { standing: keptStanding(this, details.standing, shared) } : details && shared.data(details);
    this.#name = keptName(name, externalId, shared);
  }

  get name(): string {
    return this.#name.replace(ID, this.external_id);
  }
}

/** The names of pods and endpoint slices end in a text of their own: sharing what nothing shares only costs. */
function keptName(name: string, externalId: ExternalId, shared: Shared): string {
  const pattern = name.replace(externalId, ID);
  return pattern.endsWith(ID) ? shared.text(pattern) : pattern;
}

function keptStanding(facts: KeptFacts, standing: Standing, shared: Shared): Standing {
  return standing.is === 'anchor' ? new KeptAnchor(facts, standing, shared) : standing;
}

class KeptAnchor implements Anchor {
  readonly is = 'anchor';
  readonly attempt: number;
  readonly spec_hash: string;
  readonly origin: string;
  readonly fenced?: Fence;
  readonly #facts: KeptFacts;
  readonly #objects: readonly string[];

  constructor(facts: KeptFacts, { attempt, spec_hash, origin, objects, fenced }: Anchor, shared: Shared) {
    this.attempt = attempt;
    this.spec_hash = spec_hash;
    this.origin = origin;
    if (fenced) this.fenced = fenced;
    this.#facts = facts;
    this.#objects = shared.data(objects.map((name) => name.replace(facts.external_id, ID)));
  }

  get external_id(): ExternalId {
    return this.#facts.external_id;
  }
  get uid(): string {
    return this.#facts.uid;
  }
  get resourceVersion(): string {
    return String(this.#facts.version);
  }
  get isTerminating(): boolean {
    return this.#facts.isTerminating;
  }
  get objects(): readonly string[] {
    return this.#objects.map((name) => name.replace(ID, this.external_id));
  }
}
