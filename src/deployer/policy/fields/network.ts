import type { Given } from '../given.ts';
import { TARGETS } from '../ports.ts';
import type { RuleId } from '../rules.ts';
import { fields, list, type Shape, value } from '../shape.ts';
import { DNS_LABEL, exactly, isListed, listed, own, text, whole } from '../values.ts';
import { ingressMetadata, metadata, podLabels } from './metadata.ts';

const servicePort = fields({
  rule: 'service.ports',
  fields: {
    name: text('service.ports', 'a DNS label', DNS_LABEL),
    protocol: exactly('service.ports', 'TCP'),
    port: whole('service.ports', 1, 65_535),
    targetPort: exactly('service.ports', ...TARGETS),
  },
  refused: { nodePort: 'service.external' },
  required: ['port', 'targetPort'],
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
        ports: list('service.ports', servicePort, { most: ({ policy }) => policy.limits.ports }),
      },
      refused: Object.fromEntries([...EXTERNAL, ...TRAFFIC].map((field): [string, RuleId] => [field, 'service.external'])),
      required: ['selector', 'ports'],
    }),
  },
});

/** The own subdomain, alone or before a domain that the policy allows. */
export function host(rule: RuleId): Shape {
  return value({
    rule,
    allows: 'the own subdomain, alone or with a domain, as the policy says',
    byPolicy: true,
    is: isOwnHost,
    here: ({ subdomain }) => subdomain,
  });
}

function isOwnHost(candidate: unknown, { subdomain, policy: { hosts } }: Given): boolean {
  if (candidate === subdomain) return hosts.bare;
  if (typeof candidate !== 'string' || !candidate.startsWith(`${subdomain}.`) || candidate.length > 253) return false;
  const domain = candidate.slice(subdomain.length + 1);
  return domain.split('.').every((label) => DNS_LABEL.test(label)) && isListed(domain, hosts.domains);
}

/** Nothing but the proxy is reached from outside. */
export function proxyPort(rule: RuleId): Shape {
  return value({
    rule,
    allows: 'a port of the Service that leads to the proxy',
    is: (candidate, { proxyPorts }) => proxyPorts.has(candidate),
    here: ({ proxyPorts }) => [...proxyPorts].join(', '),
  });
}

const ingressBackend = fields({
  rule: 'ingress.backend',
  fields: {
    service: fields({
      rule: 'ingress.backend',
      fields: {
        name: own('ingress.backend', 'the own Service', ({ names }) => names.service),
        port: fields({ rule: 'ingress.backend', fields: { number: proxyPort('ingress.backend'), name: proxyPort('ingress.backend') } }),
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
        name: listed(
          'ingress.default-backend',
          'a Service that answers for hosts without a rule',
          ({ ingress }) => ingress.default_backends,
          ANALYSIS_SERVICE,
        ),
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
    path: exactly('ingress.field', '/'),
    pathType: exactly('ingress.field', 'ImplementationSpecific', 'Prefix', 'Exact'),
    backend: ingressBackend,
  },
  required: ['backend', 'pathType'],
});

const ingressRule = fields({
  rule: 'ingress.field',
  fields: {
    host: host('ingress.host'),
    http: fields({ rule: 'ingress.field', fields: { paths: list('ingress.field', ingressPath, { least: 1 }) }, required: ['paths'] }),
  },
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
        // Without rules the default backend would answer for every host.
        rules: list('ingress.host', ingressRule, { least: 1 }),
      },
      refused: { tls: 'ingress.tls' },
      required: ['rules'],
    }),
  },
});
