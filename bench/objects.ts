import type { ViceDeploymentSpec } from '../src/schema/deployment-spec.ts';

/** One object as kube-apiserver takes it. */
export interface CreateRequest {
  readonly kind: string;
  /** Of the collection; `/name` behind it is the object. */
  readonly path: string;
  readonly name: string;
  readonly body: string;
}

/** Every object of a spec, the anchor first, in the namespace: what a launch creates. */
export function createRequests(spec: ViceDeploymentSpec, namespace: string): CreateRequest[] {
  const { external_id } = spec.metadata;
  const anchor = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `vice-${external_id}`, labels: spec.deployment.metadata.labels },
    data: { external_id, attempt: '1', spec_hash: '0'.repeat(64), origin: 'vice-bench' },
  };
  const objects = [
    anchor,
    spec.deployment,
    spec.service,
    ...(spec.ingress ? [spec.ingress] : []),
    ...(spec.http_route ? [spec.http_route] : []),
    ...spec.config_maps,
    ...spec.persistent_volumes,
    ...spec.persistent_volume_claims,
    spec.pod_disruption_budget,
  ];
  return objects.map((object) => ({
    kind: object.kind,
    path: collection(object.apiVersion, object.kind, namespace),
    name: object.metadata.name,
    body: JSON.stringify(object),
  }));
}

const plurals: Readonly<Record<string, string>> = {
  ConfigMap: 'configmaps',
  Deployment: 'deployments',
  HTTPRoute: 'httproutes',
  Ingress: 'ingresses',
  PersistentVolume: 'persistentvolumes',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  PodDisruptionBudget: 'poddisruptionbudgets',
  Service: 'services',
};

function collection(apiVersion: string, kind: string, namespace: string): string {
  const plural = plurals[kind];
  if (!plural) throw new Error(`the benchmark does not know the kind ${kind}`);
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return kind === 'PersistentVolume' ? `${group}/${plural}` : `${group}/namespaces/${namespace}/${plural}`;
}
