/** Where the objects of a kind live in the Kubernetes API. */
export interface Resource {
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The kinds of the Kubernetes API of which an analysis consists, written by the deployer or by the cluster, and where they live. */
export const KINDS = {
  ConfigMap: { apiVersion: 'v1', plural: 'configmaps', namespaced: true },
  PersistentVolume: { apiVersion: 'v1', plural: 'persistentvolumes', namespaced: false },
  PersistentVolumeClaim: { apiVersion: 'v1', plural: 'persistentvolumeclaims', namespaced: true },
  Service: { apiVersion: 'v1', plural: 'services', namespaced: true },
  Ingress: { apiVersion: 'networking.k8s.io/v1', plural: 'ingresses', namespaced: true },
  HTTPRoute: { apiVersion: 'gateway.networking.k8s.io/v1', plural: 'httproutes', namespaced: true },
  PodDisruptionBudget: { apiVersion: 'policy/v1', plural: 'poddisruptionbudgets', namespaced: true },
  Deployment: { apiVersion: 'apps/v1', plural: 'deployments', namespaced: true },
  Pod: { apiVersion: 'v1', plural: 'pods', namespaced: true },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices', namespaced: true },
} as const satisfies Record<string, Resource>;

export type Kind = keyof typeof KINDS;

/** Of these it counts that they are there, and nothing that they say. */
export const BARE_KINDS: ReadonlySet<Kind> = new Set<Kind>(['PersistentVolume', 'Service', 'Ingress', 'HTTPRoute', 'PodDisruptionBudget']);

/** Made by the cluster itself out of what the deployer applies; everything else is the deployer's own. */
export const DERIVED_KINDS = ['Pod', 'EndpointSlice'] as const satisfies readonly Kind[];

/** What the deployer writes. */
export const APPLIED_KINDS = [
  'ConfigMap',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Service',
  'Ingress',
  'HTTPRoute',
  'PodDisruptionBudget',
  'Deployment',
] as const satisfies readonly Kind[];
