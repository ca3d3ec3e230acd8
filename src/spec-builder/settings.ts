import type { ClusterProfile } from '../schema/cluster-profile.ts';

/**
 * What the operator of the coordinator decides about every analysis, whatever cluster it runs on. A cluster's profile may replace some of it; see
 * `resolveProfile`. Flags and keys are those of app-exposer, so that its command line and its configuration file go on working. Quantities are texts
 * in Kubernetes' notation (`1500m`, `2Gi`), checked by whoever reads the configuration (`src/schema/quantity.ts`).
 */
export interface SpecSettings {
  /** Image of the authenticating proxy, without a tag if `proxyTag` has it. Flag `--vice-proxy`. @default harbor.cyverse.org/de/vice-proxy */
  readonly proxyImage: string;
  /** Key `interapps.proxy.tag`; empty: `proxyImage` is used as it is. @default '' */
  readonly proxyTag: string;
  /** Flag `--disable-vice-proxy-auth`. @default false */
  readonly disableProxyAuth: boolean;
  /** Image of the file transfers and of the init containers. Key `vice.file-transfers.image`. @default harbor.cyverse.org/de/vice-file-transfers */
  readonly transfersImage: string;
  /** Key `vice.file-transfers.tag`; empty: `transfersImage` is used as it is. @default '' */
  readonly transfersTag: string;
  /** Name of the Secret that images are pulled with. Key `vice.image-pull-secret`; empty: none. @default '' */
  readonly imagePullSecret: string;

  /** Scheme, host and port under which users reach analyses; the subdomain goes before the host. Key `k8s.frontend.base`. @default https://cyverse.run */
  readonly frontendBase: string;
  /** Flag `--ingress-class`. @default nginx */
  readonly ingressClass: string;
  /** Service that answers for hosts without a rule. Flag `--vice-default-backend`. @default vice-default-backend */
  readonly defaultBackend: string;
  /** Flag `--vice-default-backend-port`. @default 80 */
  readonly defaultBackendPort: number;

  /** Name of the iRODS zone without slashes. Key `irods.zone`, required. */
  readonly irodsZone: string;
  /** Whether the data store is mounted by the iRODS CSI driver; if not, files are copied. Key `vice.use_csi_driver`. @default false */
  readonly useCsiDriver: boolean;
  /** First line of the list of input paths. Key `path_list.file_identifier`. @default '' */
  readonly pathListIdentifier: string;
  /** Storage class of the working directory's claim. Flag `--local-storage-class`. @default openebs-hostpath */
  readonly localStorageClass: string;

  /** Key `keycloak.base`. The client's secret is not here: each cluster keeps it in its Secret `vice-proxy`. @default '' */
  readonly keycloakBase: string;
  /** Key `keycloak.realm`. @default '' */
  readonly keycloakRealm: string;
  /** Key `keycloak.client-id`. @default '' */
  readonly keycloakClientId: string;
  /** Namespace of the two services that the proxy asks. Key `vice.backend-namespace`; empty: the proxy's own namespace. @default '' */
  readonly backendNamespace: string;
  /** Flag `--get-analysis-id-service`. @default get-analysis-id */
  readonly getAnalysisIdService: string;
  /** Flag `--check-resource-access-service`. @default check-resource-access */
  readonly checkResourceAccessService: string;

  /** For analyses that ask for none. Flag `--default-cpu-resource-request`. @default 1000m */
  readonly defaultCpuRequest: string;
  /** Flag `--default-cpu-resource-limit`. @default 2000m */
  readonly defaultCpuLimit: string;
  /** No analysis has a CPU limit, whatever it asks for. Flag `--disable-cpu-resource-limit`. @default false */
  readonly disableCpuLimit: boolean;
  /** Flag `--default-memory-resource-request`. @default 2Gi */
  readonly defaultMemoryRequest: string;
  /** Flag `--default-memory-resource-limit`. @default 8Gi */
  readonly defaultMemoryLimit: string;
  /** No analysis has a memory limit, whatever it asks for. Flag `--disable-memory-resource-limit`. @default false */
  readonly disableMemoryLimit: boolean;
  /** Ephemeral storage. Flag `--default-storage-resource-request`. @default 1Gi */
  readonly defaultStorageRequest: string;

  /** Flag `--vice-proxy-cpu-resource-request`. @default 100m */
  readonly proxyCpuRequest: string;
  /** Flag `--vice-proxy-cpu-resource-limit`. @default 200m */
  readonly proxyCpuLimit: string;
  /** Flag `--disable-vice-proxy-cpu-resource-limit`. @default false */
  readonly disableProxyCpuLimit: boolean;
  /** Flag `--vice-proxy-memory-resource-request`. @default 100Mi */
  readonly proxyMemoryRequest: string;
  /** Flag `--vice-proxy-memory-resource-limit`. @default 200Mi */
  readonly proxyMemoryLimit: string;
  /** Flag `--disable-vice-proxy-memory-resource-limit`. @default false */
  readonly disableProxyMemoryLimit: boolean;
  /** Ephemeral storage. Flag `--vice-proxy-storage-resource-request`. @default 16Gi */
  readonly proxyStorageRequest: string;
  /** Flag `--vice-proxy-storage-resource-limit`. @default 100Gi */
  readonly proxyStorageLimit: string;
  /** Flag `--disable-vice-proxy-storage-resource-limit`. @default true */
  readonly disableProxyStorageLimit: boolean;
}

/** What a spec is built with: the settings, with what the profile of one cluster replaces, and what only a profile can say. */
export interface SpecProfile extends SpecSettings {
  /** DNS suffix of the hosts; absent: the route's host is the bare subdomain, because an outer proxy strips the suffix. */
  readonly domain?: string;
  /** Set: the spec has an HTTPRoute attached to this Gateway instead of an Ingress. */
  readonly gateway?: NonNullable<ClusterProfile['gateway']>;
  readonly csiDriver: string;
  readonly csiStorageClass: string;
  /** Images whose name begins with `from` are taken from `to`. */
  readonly imageMirror?: { readonly from: string; readonly to: string };
  /** Extended resource that a GPU is asked for as. */
  readonly gpuResource: string;
  /** Label in which a node says what its GPUs are. */
  readonly gpuModelLabel: string;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly tolerations: NonNullable<ClusterProfile['tolerations']>;
  /** Base URLs of the two services that the proxy asks, as a pod of the cluster reaches them. */
  readonly getAnalysisIdBase: string;
  readonly checkResourceAccessBase: string;
}

/**
 * What the vendors' device plugins call a GPU, and the node labels of NVIDIA's GPU feature discovery, AMD's node labeller and Intel's rules for
 * node feature discovery.
 */
const GPUS = {
  nvidia: { resource: 'nvidia.com/gpu', modelLabel: 'nvidia.com/gpu.product' },
  amd: { resource: 'amd.com/gpu', modelLabel: 'amd.com/gpu.product-name' },
  intel: { resource: 'gpu.intel.com/i915', modelLabel: 'gpu.intel.com/product' },
} as const;

/** The settings as they are for one cluster: what its profile does not say comes from the configuration. */
export function resolveProfile(settings: SpecSettings, profile: ClusterProfile): SpecProfile {
  const gpu = GPUS[profile.gpu?.vendor ?? 'nvidia'];
  return {
    ...settings,
    ...(profile.domain !== undefined && { domain: profile.domain.replace(/^\.+/, '') }),
    ...(profile.gateway !== undefined && { gateway: profile.gateway }),
    ...(profile.image_mirror !== undefined && { imageMirror: profile.image_mirror }),
    ingressClass: profile.ingress_class ?? settings.ingressClass,
    localStorageClass: profile.local_storage_class ?? settings.localStorageClass,
    useCsiDriver: profile.use_csi_driver ?? settings.useCsiDriver,
    imagePullSecret: profile.image_pull_secret ?? settings.imagePullSecret,
    csiDriver: profile.csi_driver ?? 'irods.csi.cyverse.org',
    csiStorageClass: profile.csi_storage_class ?? 'irods-sc',
    gpuResource: profile.gpu?.resource ?? gpu.resource,
    gpuModelLabel: gpu.modelLabel,
    nodeLabels: profile.node_labels ?? {},
    tolerations: profile.tolerations ?? [],
    getAnalysisIdBase: profile.get_analysis_id_base ?? inBackend(settings, settings.getAnalysisIdService),
    checkResourceAccessBase: profile.check_resource_access_base ?? inBackend(settings, settings.checkResourceAccessService),
  };
}

/** A service of the platform as pods of the main cluster reach it. */
function inBackend({ backendNamespace }: SpecSettings, service: string): string {
  return backendNamespace === '' ? `http://${service}` : `http://${service}.${backendNamespace}`;
}
