import { waitFor } from '../test/support/wait-for.ts';
import type { KubeConnection } from './kube-connection.ts';

interface List {
  items: {
    kind?: string;
    metadata: { name: string; labels?: Record<string, string> };
    spec?: { claimRef?: { namespace?: string; name?: string } };
  }[];
}

/** The kinds of an analysis that are in a namespace, with the pods and replica sets that Kubernetes makes of its Deployment. */
const kinds = [
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/replicasets',
  '/api/v1/pods',
  '/api/v1/services',
  '/api/v1/configmaps',
  '/api/v1/persistentvolumeclaims',
  '/apis/networking.k8s.io/v1/ingresses',
  '/apis/policy/v1/poddisruptionbudgets',
];

/** Waits until nothing of these analyses is in the cluster, so that the next measurement finds it as this one did. */
export async function allGone(kube: KubeConnection, externalIds: readonly string[]): Promise<void> {
  let left: readonly string[] = [];
  const isEmpty = async () => {
    const lists = await Promise.all(kinds.map(async (kind) => countOf(kind, await ofAnalyses(kube, kind, externalIds))));
    left = [...lists.flat(), ...countOf('persistentvolumes', await volumesOf(kube, externalIds))];
    return left.length === 0;
  };
  await waitFor(isEmpty, { timeoutMs: 180_000, everyMs: 100, what: `${externalIds.length} analyses to be gone` }).catch((err: unknown) => {
    throw new Error(`${err instanceof Error ? err.message : String(err)}; left are ${left.join(', ')}`, { cause: err });
  });
}

/** For a message: nothing where there is none. */
function countOf(kind: string, found: readonly string[]): readonly string[] {
  return found.length === 0 ? [] : [`${found.length} ${kind.slice(kind.lastIndexOf('/') + 1)} (${found.slice(0, 3).join(', ')})`];
}

/** The external ids of every object of one kind, one entry an object. */
export async function objectsOf(kube: KubeConnection, kind: string, externalIds: readonly string[]): Promise<string[]> {
  return ofAnalyses(kube, kind, externalIds);
}

async function ofAnalyses(kube: KubeConnection, kind: string, externalIds: readonly string[]): Promise<string[]> {
  const { items } = await list(kube, inNamespace(kind, kube.namespace));
  const wanted = new Set(externalIds);
  return items.map(({ metadata }) => metadata.labels?.['external-id'] ?? '').filter((id) => wanted.has(id));
}

/** Volumes made by a provisioner carry no label of the analysis: its claim's name tells. */
async function volumesOf(kube: KubeConnection, externalIds: readonly string[]): Promise<string[]> {
  const { items } = await list(kube, '/api/v1/persistentvolumes');
  const claims = items.map(({ spec }) => spec?.claimRef?.name ?? '');
  return claims.filter((claim) => externalIds.some((id) => claim.endsWith(id)));
}

async function list(kube: KubeConnection, path: string): Promise<List> {
  const response = await kube.send('GET', path);
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

function inNamespace(kind: string, namespace: string): string {
  const at = kind.lastIndexOf('/');
  return `${kind.slice(0, at)}/namespaces/${namespace}${kind.slice(at)}`;
}
