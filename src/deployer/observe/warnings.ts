import type { KubeObject, Selection } from '../ports.ts';
import { record, text } from './read.ts';
import { tidy } from './tidy.ts';

/** What Kubernetes says of a pod or a claim beside its status: why a volume is not mounted is told nowhere else. */
export interface Warning {
  /** Of the event. */
  readonly uid: string;
  readonly version: number;
  /** Uid of the object that it is about. */
  readonly about: string;
  /** `FailedMount`, `ProvisioningFailed` ...; of a probe with its kind: `Unhealthy Readiness`. */
  readonly reason: string;
  /** Name of the container, where it is about one. */
  readonly container?: string;
  readonly message: string;
}

/** The events of type Warning in the deployer's namespace, or those about one object. */
export function warningSelection(about?: string): Selection {
  const resource = { apiVersion: 'v1', plural: 'events', namespaced: true };
  return { kind: 'Event', resource, fieldSelector: about === undefined ? 'type=Warning' : `type=Warning,involvedObject.uid=${about}` };
}

/** Undefined for an event that is about nothing of which a status tells. */
export function warningOf(event: KubeObject): Warning | undefined {
  const involved = record(event['involvedObject']);
  const about = text(involved['uid']);
  if (about === undefined || (involved['kind'] !== 'Pod' && involved['kind'] !== 'PersistentVolumeClaim')) return undefined;
  const { uid = '', resourceVersion } = event.metadata;
  const said = text(event['message']) ?? '';
  const reason = text(event['reason']) ?? '';
  // That a container waits is in its status; this would take the place of the event that says why.
  if (reason === 'Failed' && /^Error: \w+$/.test(said)) return undefined;
  const container = /^spec\.(?:initC|c)ontainers\{(.+)\}$/.exec(text(involved['fieldPath']) ?? '')?.[1];
  return {
    uid,
    version: Number(resourceVersion ?? 0),
    about,
    reason: reason === 'Unhealthy' ? `${reason} ${said.split(' ')[0]}` : reason,
    message: tidy(said),
    ...(container !== undefined && { container }),
  };
}

/** Objects of which warnings are remembered: more in trouble at once are an outage of the cluster, which needs no telling one by one. */
const MOST = 5_000;

/** The latest warning of each reason, by the uid of the object that it is about. */
export class Warnings {
  readonly #warnings = new Map<string, readonly Warning[]>();

  of(about: string): readonly Warning[] {
    return this.#warnings.get(about) ?? [];
  }

  put(warning: Warning): void {
    const others = this.of(warning.about).filter(({ reason, uid }) => reason !== warning.reason && uid !== warning.uid);
    this.#warnings.delete(warning.about); // the one that was told of last is forgotten last
    this.#warnings.set(warning.about, [...others, warning]);
    if (this.#warnings.size > MOST) this.#warnings.delete(this.#warnings.keys().next().value ?? '');
  }

  drop({ about, uid }: Pick<Warning, 'about' | 'uid'>): void {
    const left = this.of(about).filter((one) => one.uid !== uid);
    if (left.length > 0) this.#warnings.set(about, left);
    else this.#warnings.delete(about);
  }

  all(): readonly Warning[] {
    return [...this.#warnings.values()].flat();
  }
}
