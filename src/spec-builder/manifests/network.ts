import type { HttpRouteManifest, IngressManifest, PodDisruptionBudgetManifest, ServiceManifest } from '../../schema/manifest.ts';
import { selectorOf } from '../labels.ts';
import type { Parts } from '../parts.ts';
import { PROXY_PORT_NAME } from '../pod/proxy-container.ts';
import { TRANSFERS_PORT, TRANSFERS_PORT_NAME } from '../pod/transfer-containers.ts';

/** Where the Service serves what the proxy answers. */
const PROXY_SERVICE_PORT = 60_000;

const PREFIX = 'nginx.ingress.kubernetes.io';
/** Uploads of 4 GiB, and connections that may be idle for two days: notebooks talk through WebSockets. */
const INGRESS_ANNOTATIONS = {
  [`${PREFIX}/proxy-body-size`]: '4096m',
  [`${PREFIX}/proxy-read-timeout`]: '172800',
  [`${PREFIX}/proxy-send-timeout`]: '172800',
  [`${PREFIX}/proxy-connect-timeout`]: '5000',
};

export function service({ analysis, names, labels }: Parts): ServiceManifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: names.service, labels },
    spec: {
      selector: selectorOf(analysis).matchLabels,
      ports: [
        { name: TRANSFERS_PORT_NAME, protocol: 'TCP', port: TRANSFERS_PORT, targetPort: TRANSFERS_PORT_NAME },
        { name: PROXY_PORT_NAME, protocol: 'TCP', port: PROXY_SERVICE_PORT, targetPort: PROXY_PORT_NAME },
      ],
    },
  };
}

/** For clusters with an Ingress controller. */
export function ingress({ profile, names, labels, host }: Parts): IngressManifest {
  const backend = { service: { name: names.service, port: { number: PROXY_SERVICE_PORT } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: names.analysis, labels, annotations: INGRESS_ANNOTATIONS },
    spec: {
      ingressClassName: profile.ingressClass,
      defaultBackend: { service: { name: profile.defaultBackend, port: { number: profile.defaultBackendPort } } },
      rules: [{ host, http: { paths: [{ pathType: 'ImplementationSpecific', backend }] } }],
    },
  };
}

/** For clusters with a Gateway. Time-outs are off, because a route's count from the first byte of a request and would end every WebSocket. */
export function httpRoute({ names, labels, host }: Parts, gateway: NonNullable<Parts['profile']['gateway']>): HttpRouteManifest {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: names.analysis, labels },
    spec: {
      parentRefs: [
        {
          group: 'gateway.networking.k8s.io',
          kind: 'Gateway',
          name: gateway.name,
          ...(gateway.namespace !== undefined && { namespace: gateway.namespace }),
          ...(gateway.section !== undefined && { sectionName: gateway.section }),
        },
      ],
      hostnames: [host],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ group: '', kind: 'Service', name: names.service, port: PROXY_SERVICE_PORT, weight: 1 }],
          timeouts: { request: '0s', backendRequest: '0s' },
        },
      ],
    },
  };
}

/** No voluntary disruption: a drain of the node waits until the user is done. */
export function podDisruptionBudget({ analysis, names, labels }: Parts): PodDisruptionBudgetManifest {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: names.analysis, labels },
    spec: { maxUnavailable: 0, selector: selectorOf(analysis) },
  };
}
