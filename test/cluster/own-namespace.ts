import { randomBytes } from 'node:crypto';
import { type Kube, kube } from '../support/kube.ts';
import type { TestCluster } from './clusters.ts';

/** A namespace of its own, so that quotas and counts of one suite are not another's. */
export interface OwnNamespace {
  readonly namespace: string;
  readonly kube: Kube;
  /** Removes the namespace and what is in it. */
  drop(): Promise<void>;
}

export async function ownNamespace({ kubeconfig }: TestCluster, purpose: string): Promise<OwnNamespace> {
  const namespace = `vice-${purpose}-${randomBytes(4).toString('hex')}`;
  const api = kube(kubeconfig);
  await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return { namespace, kube: api, drop: () => api.delete(`/api/v1/namespaces/${namespace}`) };
}
