import type { ExternalId } from '../../schema/ids.ts';
import { LABEL } from '../../schema/label-keys.ts';
import { anchorName } from '../anchor.ts';
import { APPLIED_KINDS, BARE_KINDS, DERIVED_KINDS, KINDS, type Kind } from '../kinds.ts';
import { managedSelector, VOLUME_NAMESPACE } from '../labels.ts';
import type { ObjectReader, Selection } from '../ports.ts';
import { type Facts, factsOf } from './facts.ts';
import type { Observed, Observer } from './observer.ts';
import { statusOf } from './status.ts';
import { hasReadyPod, isThere, ofKind, standingIn, type View } from './view.ts';
import { type Warning, warningOf, warningSelection } from './warnings.ts';

export interface LiveDeps {
  readonly reader: ObjectReader;
  readonly namespace: string;
  readonly now: () => Date;
}

/** What the watches and the lists of one kind select. Pods carry the labels of the spec's template and no others. */
export function selectionOf(kind: Kind, namespace: string): Selection {
  const managed = kind === 'PersistentVolume' ? `${managedSelector},${VOLUME_NAMESPACE}=${namespace}` : managedSelector;
  return { kind, resource: KINDS[kind], labelSelector: kind === 'Pod' ? LABEL.externalId : managed, metadataOnly: BARE_KINDS.has(kind) };
}

/** Everything of one analysis, asked of the cluster. */
export async function listAnalysis(deps: LiveDeps, externalId: ExternalId, signal: AbortSignal): Promise<View> {
  const kinds: readonly Kind[] = [...APPLIED_KINDS, ...DERIVED_KINDS];
  const lists = await Promise.all(kinds.map((kind) => listFacts(deps, kind, externalId, signal)));
  return { external_id: externalId, facts: lists.flat() };
}

/**
 * The volumes of one analysis, and then its anchor. In this order an anchor that made one of the volumes is seen as well, or it is gone for good.
 */
export async function lookForRemoval(deps: LiveDeps, externalId: ExternalId, signal: AbortSignal): Promise<View> {
  const volumes = await listFacts(deps, 'PersistentVolume', externalId, signal);
  const anchor = await findAnchor(deps, externalId, signal);
  return { external_id: externalId, facts: anchor ? [...volumes, anchor] : volumes };
}

export async function findAnchor({ reader, namespace }: LiveDeps, externalId: ExternalId, signal: AbortSignal): Promise<Facts | undefined> {
  const found = await reader.find({ kind: 'ConfigMap', name: anchorName(externalId) }, signal);
  return found && factsOf('ConfigMap', found, namespace);
}

/** What is said of its pods and claims, while no pod is ready: then it may be what explains that. */
async function listWarnings({ reader }: LiveDeps, view: View, signal: AbortSignal): Promise<readonly Warning[]> {
  if (hasReadyPod(view)) return [];
  const unbound = ofKind(view, 'PersistentVolumeClaim').filter(({ details }) => details?.claim?.phase === 'Pending');
  const lists = await Promise.all([...ofKind(view, 'Pod'), ...unbound].map(({ uid }) => reader.list(warningSelection(uid), signal)));
  return lists.flat().flatMap((event) => warningOf(event) ?? []);
}

/** Of one analysis, or of all. */
async function listFacts(
  { reader, namespace }: LiveDeps,
  kind: Kind,
  externalId: ExternalId | undefined,
  signal: AbortSignal,
): Promise<readonly Facts[]> {
  const all = selectionOf(kind, namespace);
  const its = externalId === undefined ? [] : [`${LABEL.externalId}=${externalId}`];
  const objects = await reader.list({ ...all, labelSelector: [all.labelSelector, ...its].join(',') }, signal);
  return objects.flatMap((object) => factsOf(kind, object, namespace) ?? []);
}

/** Remembers nothing and asks each time: for a process that sleeps between requests, as on Lambda. */
export function liveObserver(deps: LiveDeps): Observer {
  const { now, namespace } = deps;
  const observed = (view: View): Observed => ({ view, observedAt: now(), revision: `live.${now().getTime()}` });
  return {
    see: async (externalId, signal) => {
      const view = await listAnalysis(deps, externalId, signal);
      if (!isThere(view)) return standingIn(view) && observed(view);
      return observed({ ...view, warnings: await listWarnings(deps, view, signal) });
    },
    recall: () => undefined,
    untilPodGone: () => Promise.resolve(false),
    look: (externalId, signal) => lookForRemoval(deps, externalId, signal),
    list: async (_since, _waitMs, signal) => {
      const kinds: readonly Kind[] = Object.keys(KINDS) as Kind[]; // the keys of the table are the kinds
      const lists = await Promise.all(kinds.map((kind) => listFacts(deps, kind, undefined, signal)));
      const { revision, observedAt } = observed({ external_id: '' as ExternalId, facts: [] });
      const views = viewsOf(lists.flat()).filter(isThere);
      return { revision, full: true, items: views.map((view) => statusOf(view, { revision, observedAt })), removed: [] };
    },
    own: {
      wrote: () => {},
      removed: () => {},
      after: (external_id, written) =>
        observed({ external_id, facts: written.flatMap(({ kind, object }) => factsOf(kind, object, namespace) ?? []) }),
      isLeaving: () => undefined,
      untilGone: () => Promise.resolve(false),
    },
  };
}

function viewsOf(all: readonly Facts[]): readonly View[] {
  const views = new Map<ExternalId, Facts[]>();
  for (const facts of all) {
    const known = views.get(facts.external_id);
    if (known) known.push(facts);
    else views.set(facts.external_id, [facts]);
  }
  return [...views].map(([external_id, facts]) => ({ external_id, facts }));
}
