import type { SpecSettings } from '../../spec-builder/settings.ts';
import { boolean, name, type Option, port, quantity, text, url } from './option.ts';

const pods = 'Pods of analyses';
const amounts = 'Amounts for analyses that ask for none';
const proxy = 'Proxy in front of every analysis';
const access = 'How users reach analyses';
const data = 'Data store';

/** What a spec is built with besides the analysis and the cluster's profile. Names and defaults are app-exposer's. */
export const specOptions = {
  irodsZone: {
    ...name({ key: 'irods.zone', group: data, help: 'iRODS zone of the data store', isRequired: true }),
    mustBe: 'the name of a zone, without slashes inside',
    parse: (given: string) => {
      const zone = given.replace(/^\/+|\/+$/g, '');
      return /^[^\s/]+$/.test(zone) ? { value: zone } : undefined;
    },
  },
  useCsiDriver: boolean({
    key: 'vice.use_csi_driver',
    group: data,
    default: 'false',
    help: 'mount the data store by its CSI driver instead of copying files',
  }),
  pathListIdentifier: text({ key: 'path_list.file_identifier', group: data, default: '', help: 'first line of the list of input paths' }),
  localStorageClass: name({
    flag: 'local-storage-class',
    group: data,
    default: 'openebs-hostpath',
    help: "storage class of an analysis' working directory",
  }),
  transfersImage: name({
    key: 'vice.file-transfers.image',
    group: data,
    default: 'harbor.cyverse.org/de/vice-file-transfers',
    help: 'image of the file transfers',
  }),
  transfersTag: text({ key: 'vice.file-transfers.tag', group: data, default: '', help: 'its tag' }),

  frontendBase: url({
    key: 'k8s.frontend.base',
    group: access,
    default: 'https://cyverse.run',
    help: 'the subdomain of an analysis goes before the host of this URL',
  }),
  ingressClass: name({ flag: 'ingress-class', group: access, default: 'nginx', help: 'class of the Ingress' }),
  defaultBackend: name({
    flag: 'vice-default-backend',
    group: access,
    default: 'vice-default-backend',
    help: 'service that answers for unknown hosts',
  }),
  defaultBackendPort: port({ flag: 'vice-default-backend-port', group: access, default: '80', help: 'its port' }),

  imagePullSecret: text({ key: 'vice.image-pull-secret', group: pods, default: '', help: 'name of the Secret that images are pulled with' }),
  disableCpuLimit: boolean({ flag: 'disable-cpu-resource-limit', group: pods, default: 'false', help: 'no analysis has a CPU limit' }),
  disableMemoryLimit: boolean({ flag: 'disable-memory-resource-limit', group: pods, default: 'false', help: 'no analysis has a memory limit' }),

  defaultCpuRequest: quantity({ flag: 'default-cpu-resource-request', group: amounts, default: '1000m', help: 'CPU request' }),
  defaultCpuLimit: quantity({ flag: 'default-cpu-resource-limit', group: amounts, default: '2000m', help: 'CPU limit' }),
  defaultMemoryRequest: quantity({ flag: 'default-memory-resource-request', group: amounts, default: '2Gi', help: 'memory request' }),
  defaultMemoryLimit: quantity({ flag: 'default-memory-resource-limit', group: amounts, default: '8Gi', help: 'memory limit' }),
  defaultStorageRequest: quantity({ flag: 'default-storage-resource-request', group: amounts, default: '1Gi', help: 'request of ephemeral storage' }),

  proxyImage: name({ flag: 'vice-proxy', group: proxy, default: 'harbor.cyverse.org/de/vice-proxy', help: 'image' }),
  proxyTag: text({ key: 'interapps.proxy.tag', group: proxy, default: '', help: 'its tag' }),
  disableProxyAuth: boolean({ flag: 'disable-vice-proxy-auth', group: proxy, default: 'false', help: 'let everybody in, without Keycloak' }),
  keycloakBase: text({ key: 'keycloak.base', group: proxy, default: '', help: 'base URL of Keycloak' }),
  keycloakRealm: text({ key: 'keycloak.realm', group: proxy, default: '', help: 'realm in Keycloak' }),
  keycloakClientId: text({ key: 'keycloak.client-id', group: proxy, default: '', help: 'client in Keycloak; its secret stays in each cluster' }),
  backendNamespace: text({ key: 'vice.backend-namespace', group: proxy, default: '', help: 'namespace of the two services that the proxy asks' }),
  getAnalysisIdService: name({ flag: 'get-analysis-id-service', group: proxy, default: 'get-analysis-id', help: 'the first of them' }),
  checkResourceAccessService: name({ flag: 'check-resource-access-service', group: proxy, default: 'check-resource-access', help: 'the second' }),
  proxyCpuRequest: quantity({ flag: 'vice-proxy-cpu-resource-request', group: proxy, default: '100m', help: 'CPU request' }),
  proxyCpuLimit: quantity({ flag: 'vice-proxy-cpu-resource-limit', group: proxy, default: '200m', help: 'CPU limit' }),
  disableProxyCpuLimit: boolean({ flag: 'disable-vice-proxy-cpu-resource-limit', group: proxy, default: 'false', help: 'no CPU limit' }),
  proxyMemoryRequest: quantity({ flag: 'vice-proxy-memory-resource-request', group: proxy, default: '100Mi', help: 'memory request' }),
  proxyMemoryLimit: quantity({ flag: 'vice-proxy-memory-resource-limit', group: proxy, default: '200Mi', help: 'memory limit' }),
  disableProxyMemoryLimit: boolean({ flag: 'disable-vice-proxy-memory-resource-limit', group: proxy, default: 'false', help: 'no memory limit' }),
  proxyStorageRequest: quantity({ flag: 'vice-proxy-storage-resource-request', group: proxy, default: '16Gi', help: 'request of ephemeral storage' }),
  proxyStorageLimit: quantity({ flag: 'vice-proxy-storage-resource-limit', group: proxy, default: '100Gi', help: 'limit of ephemeral storage' }),
  disableProxyStorageLimit: boolean({
    flag: 'disable-vice-proxy-storage-resource-limit',
    group: proxy,
    default: 'true',
    help: 'no limit of ephemeral storage',
  }),
  // A setting that has no option here does not compile.
} satisfies { readonly [K in keyof SpecSettings]: Option<SpecSettings[K]> };
