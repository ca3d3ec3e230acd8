import { type ApiServer, FOREGROUND } from '../api-server.ts';
import type { Stored } from '../kinds.ts';

/** Deletes what has lost its last owner, or whose owner waits for it; lets an owner go when nothing it waits for is left. */
export function collectGarbage(api: ApiServer): void {
  const all = api.store.all();
  const alive = new Map(all.map((object) => [object.metadata.uid, object]));
  const dependents = Map.groupBy(
    all.flatMap((object) => (object.metadata.ownerReferences ?? []).map((owner) => ({ object, owner }))),
    ({ owner }) => owner.uid,
  );
  for (const object of all) {
    const { metadata } = object;
    const hasDependents = dependents.has(metadata.uid);
    if (metadata.deletionTimestamp === undefined) {
      const fate = fateOf(object, alive);
      if (fate !== 'stays') api.delete(object.kind, metadata.namespace ?? '', metadata.name, policyFor(fate, hasDependents));
    } else if (metadata.finalizers?.includes(FOREGROUND) && !dependents.get(metadata.uid)?.some(({ owner }) => owner.blockOwnerDeletion)) {
      const finalizers = metadata.finalizers.filter((name) => name !== FOREGROUND);
      api.settle({ ...object, metadata: { ...metadata, finalizers } });
    }
  }
}

type Fate = 'stays' | 'has lost its owner' | 'is waited for';

function fateOf({ metadata }: Stored, alive: ReadonlyMap<string, Stored>): Fate {
  const references = metadata.ownerReferences ?? [];
  if (references.length === 0) return 'stays';
  const owners = references.map(({ uid }) => alive.get(uid)).filter((owner) => owner !== undefined);
  if (owners.some((owner) => !isWaiting(owner))) return 'stays';
  return owners.length > 0 ? 'is waited for' : 'has lost its owner';
}

/** Being deleted in the background an owner still counts; in the foreground it waits for what it owns. */
function isWaiting({ metadata }: Stored): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(FOREGROUND);
}

function policyFor(fate: Fate, hasDependents: boolean) {
  return { propagationPolicy: fate === 'is waited for' && hasDependents ? 'Foreground' : 'Background' } as const;
}
