import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { ApiServer } from '../api-server.ts';
import type { Kind, Stored } from '../kinds.ts';

/** Gives each Deployment its ReplicaSet, each ReplicaSet its pods, and writes down how many are ready. */
export function tendDeployments(api: ApiServer): void {
  for (const deployment of api.store.list('Deployment')) {
    const sets = ownedBy(api, 'ReplicaSet', deployment);
    if (sets.length === 0 && deployment.metadata.deletionTimestamp === undefined) createReplicaSet(api, deployment);
    report(api, deployment, sets);
  }
  for (const set of api.store.list('ReplicaSet')) {
    const pods = ownedBy(api, 'Pod', set).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (set.metadata.deletionTimestamp === undefined && pods.length < (set.spec?.replicas ?? 1)) createPod(api, set);
    const counts = { replicas: pods.length, readyReplicas: pods.filter(isReady).length };
    if (!Bun.deepEquals(set.status, counts)) api.store.put('ReplicaSet', { ...set, status: counts });
  }
}

export function isReady(pod: Stored<'Pod'>): boolean {
  const isTrue = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return isTrue && pod.metadata.deletionTimestamp === undefined;
}

function ownedBy<K extends Kind>(api: ApiServer, kind: K, owner: Stored): Stored<K>[] {
  const { namespace, uid } = owner.metadata;
  return api.store.list(kind, namespace).filter(({ metadata }) => metadata.ownerReferences?.some((reference) => reference.uid === uid));
}

function createReplicaSet(api: ApiServer, deployment: Stored<'Deployment'>): void {
  const { spec, metadata } = deployment;
  if (spec === undefined) return;
  const hash = metadata.uid.replaceAll('-', '').slice(0, 10);
  const labels = { ...spec.template.metadata?.labels, 'pod-template-hash': hash };
  const template: PodTemplateSpec = { ...spec.template, metadata: { ...spec.template.metadata, labels } };
  api.store.put('ReplicaSet', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: api.ownedBy(deployment, `${metadata.name}-${hash}`, labels),
    spec: { replicas: spec.replicas ?? 1, selector: { matchLabels: labels }, template },
  });
}

function createPod(api: ApiServer, set: Stored<'ReplicaSet'>): void {
  const { spec, metadata } = set.spec?.template ?? {};
  if (spec === undefined) return;
  const owned = api.ownedBy(set, '', metadata?.labels ?? {});
  const name = `${set.metadata.name}-${owned.uid.slice(0, 5)}`;
  api.store.put('Pod', { apiVersion: 'v1', kind: 'Pod', metadata: { ...owned, name }, spec, status: { phase: 'Pending' } });
}

function report(api: ApiServer, deployment: Stored<'Deployment'>, sets: readonly Stored<'ReplicaSet'>[]): void {
  const replicas = sets.reduce((sum, { status }) => sum + (status?.replicas ?? 0), 0);
  const readyReplicas = sets.reduce((sum, { status }) => sum + (status?.readyReplicas ?? 0), 0);
  const wanted = deployment.spec?.replicas ?? 1;
  const isAvailable = readyReplicas >= wanted;
  const known = deployment.status?.conditions?.find(({ type }) => type === 'Available');
  const condition = isAvailable
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' };
  const since = known?.status === condition.status ? known.lastTransitionTime : api.timestamp();
  const status = {
    observedGeneration: deployment.metadata.generation,
    replicas,
    updatedReplicas: replicas,
    readyReplicas,
    availableReplicas: readyReplicas,
    unavailableReplicas: Math.max(wanted - readyReplicas, 0),
    conditions: [{ ...condition, ...(since && { lastTransitionTime: since }) }],
  };
  if (!Bun.deepEquals(deployment.status, status)) api.store.put('Deployment', { ...deployment, status });
}
