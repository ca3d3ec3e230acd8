import type { Policy } from '../../../schema/policy.ts';
import { isRecord } from '../../observe/read.ts';
import type { Given } from '../given.ts';
import type { RuleId } from '../rules.ts';
import { fields, list, type Shape, value } from '../shape.ts';
import { DNS_LABEL, exactly, isListed, listed, own, text, whole } from '../values.ts';
import { ingressMetadata, metadata, podLabels } from './metadata.ts';

const port = whole('service.ports', 1, 65_535);

const servicePort = fields({
  rule: 'service.ports',
  fields: {
    name: text('service.ports', 'a DNS label', DNS_LABEL),
    protocol: exactly('service.ports', 'TCP'),
    port,
    targetPort: value('service.ports', "a port of the pod's containers", (candidate, { podPorts }) => candidate !== undefined && podPorts.has(candidate)),
  },
  refused: { nodePort: 'service.external' },
  required: ['port'],
});

const EXTERNAL = ['externalIPs', 'externalName', 'loadBalancerIP', 'loadBalancerSourceRanges', 'loadBalancerClass', 'healthCheckNodePort'];
const TRAFFIC = ['externalTrafficPolicy', 'internalTrafficPolicy', 'allocateLoadBalancerNodePorts', 'trafficDistribution'];

export const service = fields({
  rule: 'service.field',
  fields: {
    apiVersion: exactly('service.field', 'v1'),
    kind: exactly('service.field', 'Service'),
    metadata: metadata('service'),
    spec: fields({
      rule: 'service.field',
      fields: {
        type: exactly('service.type', 'ClusterIP'),
        selector: podLabels,
        ports: list('service.ports', servicePort, ({ policy }) => policy.limits.ports),
      },
      refused: Object.fromEntries([...EXTERNAL, ...TRAFFIC].map((field): [string, RuleId] => [field, 'service.external'])),
      required: ['selector', 'ports'],
    }),
  },
});

/** The own subdomain, alone or before a domain that the policy allows. */
function host(rule: RuleId): Shape {
  return value(rule, 'the own subdomain, alone or with a domain', isOwnHost, ({ subdomain }) => subdomain);
}

function isOwnHost(candidate: unknown, { subdomain, policy: { hosts } }: Given): boolean {
  if (candidate === subdomain) return hosts.bare;
  if (typeof candidate !== 'string' || !candidate.startsWith(`${subdomain}.`) || candidate.length > 253) return false;
  const domain = candidate.slice(subdomain.length + 1);
  return domain.split('.').every((label) => DNS_LABEL.test(label)) && isListed(domain, hosts.domains);
}

const servicePortOf = (rule: RuleId) => value(rule, 'a port of the own Service', (candidate, { servicePorts }) => servicePorts.has(candidate));

const ingressBackend = fields({
  rule: 'ingress.backend',
  fields: {
    service: fields({
      rule: 'ingress.backend',
      fields: {
        name: own('ingress.backend', 'the own Service', ({ names }) => names.service),
        port: fields({ rule: 'ingress.backend', fields: { number: servicePortOf('ingress.backend'), name: servicePortOf('ingress.backend') } }),
      },
      required: ['name', 'port'],
    }),
  },
  required: ['service'],
});

/** Names that the Services of analyses have: one of them must be named by the policy in full. */
const ANALYSIS_SERVICE = /^vice-/;

const defaultBackend = fields({
  rule: 'ingress.default-backend',
  fields: {
    service: fields({
      rule: 'ingress.default-backend',
      fields: {
        name: listed('ingress.default-backend', 'a Service that answers for hosts without a rule', ({ ingress }) => ingress.default_backends, ANALYSIS_SERVICE),
        port: fields({
          rule: 'ingress.default-backend',
          fields: { number: whole('ingress.default-backend', 1, 65_535), name: text('ingress.default-backend', 'a DNS label', DNS_LABEL) },
        }),
      },
      required: ['name', 'port'],
    }),
  },
  required: ['service'],
});

const ingressPath = fields({
  rule: 'ingress.field',
  fields: {
    path: text('ingress.field', 'an absolute path', /^\/[-A-Za-z0-9_.~/]{0,255}$/),
    pathType: exactly('ingress.field', 'ImplementationSpecific', 'Prefix', 'Exact'),
    backend: ingressBackend,
  },
  required: ['backend', 'pathType'],
});

const ingressRule = fields({
  rule: 'ingress.field',
  fields: { host: host('ingress.host'), http: fields({ rule: 'ingress.field', fields: { paths: list('ingress.field', ingressPath) }, required: ['paths'] }) },
  // A rule without a host would answer for every host.
  required: ['host', 'http'],
});

export const ingress = fields({
  rule: 'ingress.field',
  fields: {
    apiVersion: exactly('ingress.field', 'networking.k8s.io/v1'),
    kind: exactly('ingress.field', 'Ingress'),
    metadata: ingressMetadata,
    spec: fields({
      rule: 'ingress.field',
      fields: {
        ingressClassName: listed('ingress.class', 'an Ingress class', ({ ingress: { classes } }) => classes),
        defaultBackend,
        rules: list('ingress.field', ingressRule),
      },
      refused: { tls: 'ingress.tls' },
      required: ['rules'],
    }),
  },
});

const parentFields = fields({
  rule: 'route.parents',
  fields: {
    group: exactly('route.parents', 'gateway.networking.k8s.io'),
    kind: exactly('route.parents', 'Gateway'),
    name: text('route.parents', 'a name', /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/),
    namespace: text('route.parents', 'a namespace', DNS_LABEL),
    sectionName: text('route.parents', 'a name', /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/),
  },
  required: ['name'],
});

const isGateway = (candidate: unknown, { http_route: { gateways } }: Policy) => {
  if (!isRecord(candidate)) return false;
  const { namespace, name } = candidate;
  return isListed(namespace === undefined ? name : `${String(namespace)}/${String(name)}`, gateways);
};

const parent: Shape = {
  ...parentFields,
  check(candidate, visit) {
    parentFields.check(candidate, visit);
    if (!isGateway(candidate, visit.given.policy)) visit.refuse('route.parents', 'is not an allowed Gateway', 'a Gateway, as namespace/name');
  },
};

const match = fields({
  rule: 'route.field',
  fields: {
    path: fields({
      rule: 'route.field',
      fields: { type: exactly('route.field', 'PathPrefix', 'Exact'), value: text('route.field', 'an absolute path', /^\/[-A-Za-z0-9_.~/]{0,255}$/) },
    }),
  },
});

const routeBackend = fields({
  rule: 'route.backend',
  fields: {
    group: exactly('route.backend', ''),
    kind: exactly('route.backend', 'Service'),
    name: own('route.backend', 'the own Service', ({ names }) => names.service),
    port: servicePortOf('route.backend'),
    weight: whole('route.backend', 0, 1_000_000),
  },
  refused: { filters: 'route.filters' },
  required: ['name', 'port'],
});

const duration = text('route.field', 'a duration of the Gateway API', /^([0-9]{1,5}(h|m|s|ms)){1,4}$/);

const routeRule = fields({
  rule: 'route.field',
  fields: {
    matches: list('route.field', match),
    backendRefs: list('route.backend', routeBackend),
    timeouts: fields({ rule: 'route.field', fields: { request: duration, backendRequest: duration } }),
  },
  refused: { filters: 'route.filters' },
  required: ['backendRefs'],
});

const someHosts = list('route.host', host('route.host'));
/** Without hosts a route answers for all of its Gateway's. */
const hostnames: Shape = {
  ...someHosts,
  check(candidate, visit) {
    if (Array.isArray(candidate) && candidate.length === 0) visit.refuse('route.host', 'is empty', visit.given.subdomain);
    someHosts.check(candidate, visit);
  },
};

export const httpRoute = fields({
  rule: 'route.field',
  fields: {
    apiVersion: exactly('route.field', 'gateway.networking.k8s.io/v1'),
    kind: exactly('route.field', 'HTTPRoute'),
    metadata: metadata('analysis'),
    spec: fields({
      rule: 'route.field',
      fields: { parentRefs: list('route.parents', parent), hostnames, rules: list('route.field', routeRule) },
      required: ['parentRefs', 'hostnames', 'rules'],
    }),
  },
});
