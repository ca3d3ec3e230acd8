import { Type } from '@sinclair/typebox';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ConfigMap, PersistentVolume, PersistentVolumeClaim, Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';

const Labels = Type.Record(Type.String(), Type.String());

/** What a manifest of a deployment spec may say of itself. Namespace and owner are the deployer's to add, never the sender's. */
const ManifestMetadata = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 253 }), labels: Labels, annotations: Type.Optional(Labels) },
  { additionalProperties: true },
);

const Body = Type.Object({}, { additionalProperties: true });

function envelope<A extends string, K extends string>(apiVersion: A, kind: K) {
  return { apiVersion: Type.Literal(apiVersion), kind: Type.Literal(kind), metadata: ManifestMetadata };
}

/** A Kubernetes manifest of which the envelope is checked here; what the kube-apiserver may be asked is the deployer's policy's to say. */
function manifest<T>(apiVersion: string, kind: string) {
  return Type.Unsafe<Named<T>>(Type.Object({ ...envelope(apiVersion, kind), spec: Body }, { additionalProperties: false }));
}

/** A manifest with the parts of its envelope that are always there in a deployment spec. */
export type Named<T> = T & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
};

/** `gateway.networking.k8s.io/v1`; https://gateway-api.sigs.k8s.io/reference/spec/. Only the fields that are written here. */
export interface HttpRoute {
  spec?: {
    parentRefs?: { group?: string; kind?: string; name: string; namespace?: string; sectionName?: string }[];
    hostnames?: string[];
    rules?: {
      matches?: { path?: { type?: string; value?: string } }[];
      backendRefs?: { group?: string; kind?: string; name: string; port?: number; weight?: number }[];
      timeouts?: { request?: string; backendRequest?: string };
    }[];
  };
}

export const DeploymentManifest = manifest<Deployment>('apps/v1', 'Deployment');
export type DeploymentManifest = Named<Deployment>;
export const ServiceManifest = manifest<Service>('v1', 'Service');
export type ServiceManifest = Named<Service>;
export const IngressManifest = manifest<Ingress>('networking.k8s.io/v1', 'Ingress');
export type IngressManifest = Named<Ingress>;
export const HttpRouteManifest = manifest<HttpRoute>('gateway.networking.k8s.io/v1', 'HTTPRoute');
export type HttpRouteManifest = Named<HttpRoute>;
export const PersistentVolumeManifest = manifest<PersistentVolume>('v1', 'PersistentVolume');
export type PersistentVolumeManifest = Named<PersistentVolume>;
export const PersistentVolumeClaimManifest = manifest<PersistentVolumeClaim>('v1', 'PersistentVolumeClaim');
export type PersistentVolumeClaimManifest = Named<PersistentVolumeClaim>;
export const PodDisruptionBudgetManifest = manifest<PodDisruptionBudget>('policy/v1', 'PodDisruptionBudget');
export type PodDisruptionBudgetManifest = Named<PodDisruptionBudget>;
export const ConfigMapManifest = Type.Unsafe<Named<ConfigMap>>(
  Type.Object({ ...envelope('v1', 'ConfigMap'), data: Type.Record(Type.String(), Type.String()) }, { additionalProperties: false }),
);
export type ConfigMapManifest = Named<ConfigMap>;
