import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { ObjectMeta, OwnerReference } from 'kubernetes-types/meta/v1';
import type { Ingress, IngressClass } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { CSIDriver, StorageClass } from 'kubernetes-types/storage/v1';
import type { HttpRoute } from '../../schema/manifest.ts';

/** Of the Gateway API, as far as it is read here; https://gateway-api.sigs.k8s.io/reference/spec/. */
interface Gateway {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly gatewayClassName: string; readonly listeners: readonly { readonly name: string }[] };
}
type GatewayClass = Omit<Gateway, 'spec'> & { readonly spec?: { readonly controllerName: string } };

/** Every kind that the sandbox knows, and nothing else: what the deployer applies, what Kubernetes makes of it, and what it tells of a cluster. */
export interface Kinds {
  CSIDriver: CSIDriver;
  Gateway: Gateway;
  GatewayClass: GatewayClass;
  IngressClass: IngressClass;
  Node: Node;
  StorageClass: StorageClass;
  ConfigMap: ConfigMap;
  Deployment: Deployment;
  EndpointSlice: EndpointSlice;
  HTTPRoute: HttpRoute;
  Ingress: Ingress;
  Namespace: Namespace;
  PersistentVolume: PersistentVolume;
  PersistentVolumeClaim: PersistentVolumeClaim;
  Pod: Pod;
  PodDisruptionBudget: PodDisruptionBudget;
  ReplicaSet: ReplicaSet;
  Service: Service;
}
export type Kind = keyof Kinds;

/** The part of `metadata` that every stored object has, with what the API server sets. */
export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
}

type Writable = Pick<Metadata, 'labels' | 'annotations' | 'finalizers' | 'ownerReferences'>;

/** The part of `metadata` that clients may write. */
export function writable({ labels, annotations, finalizers, ownerReferences }: Writable): Writable {
  return {
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(finalizers && { finalizers }),
    ...(ownerReferences && { ownerReferences }),
  };
}

/** An object as it is stored: never changed, only replaced. */
export type Stored<K extends Kind = Kind> = Omit<Kinds[K], 'apiVersion' | 'kind' | 'metadata'> & {
  readonly apiVersion: string;
  readonly kind: K;
  readonly metadata: Metadata;
};

export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Where the API serves each kind. All are version `v1`. */
export const resources: { readonly [K in Kind]: Resource } = {
  CSIDriver: { group: 'storage.k8s.io', plural: 'csidrivers', namespaced: false },
  Gateway: { group: 'gateway.networking.k8s.io', plural: 'gateways', namespaced: true },
  GatewayClass: { group: 'gateway.networking.k8s.io', plural: 'gatewayclasses', namespaced: false },
  IngressClass: { group: 'networking.k8s.io', plural: 'ingressclasses', namespaced: false },
  Node: { group: '', plural: 'nodes', namespaced: false },
  StorageClass: { group: 'storage.k8s.io', plural: 'storageclasses', namespaced: false },
  ConfigMap: { group: '', plural: 'configmaps', namespaced: true },
  Deployment: { group: 'apps', plural: 'deployments', namespaced: true },
  EndpointSlice: { group: 'discovery.k8s.io', plural: 'endpointslices', namespaced: true },
  HTTPRoute: { group: 'gateway.networking.k8s.io', plural: 'httproutes', namespaced: true },
  Ingress: { group: 'networking.k8s.io', plural: 'ingresses', namespaced: true },
  Namespace: { group: '', plural: 'namespaces', namespaced: false },
  PersistentVolume: { group: '', plural: 'persistentvolumes', namespaced: false },
  PersistentVolumeClaim: { group: '', plural: 'persistentvolumeclaims', namespaced: true },
  Pod: { group: '', plural: 'pods', namespaced: true },
  PodDisruptionBudget: { group: 'policy', plural: 'poddisruptionbudgets', namespaced: true },
  ReplicaSet: { group: 'apps', plural: 'replicasets', namespaced: true },
  Service: { group: '', plural: 'services', namespaced: true },
};

export function isKind(name: string): name is Kind {
  return Object.hasOwn(resources, name);
}

export function apiVersionOf(kind: Kind): string {
  const { group } = resources[kind];
  return group === '' ? 'v1' : `${group}/v1`;
}

/** As Kubernetes names a resource in its messages: `deployments.apps "x"`. */
export function resourceName(kind: Kind): string {
  const { group, plural } = resources[kind];
  return group === '' ? plural : `${plural}.${group}`;
}
