import type { Json } from '../../observe/read.ts';
import { fields, list } from '../shape.ts';
import { DNS_LABEL, DNS_NAME, exactly, isListed, own, text, whole } from '../values.ts';
import { metadata } from './metadata.ts';
import { host, proxyPort } from './network.ts';

const parent = fields({
  rule: 'route.parents',
  fields: {
    group: exactly('route.parents', 'gateway.networking.k8s.io'),
    kind: exactly('route.parents', 'Gateway'),
    name: text('route.parents', 'a name', DNS_NAME),
    namespace: text('route.parents', 'a namespace', DNS_LABEL),
    sectionName: text('route.parents', 'a name', DNS_NAME),
  },
  required: ['name'],
  also: (gateway, visit) => {
    const { gateways } = visit.given.policy.http_route;
    if (!gateways.some((pattern) => isGateway(gateway, pattern))) {
      visit.refuseByPolicy('route.parents', 'is not a Gateway that the policy lists', 'a Gateway, listed as namespace/name');
    }
  },
});

/** Namespace and name are compared alone: no `*` reaches over the slash. */
function isGateway({ namespace, name }: Json, pattern: string): boolean {
  const [first = '', second] = pattern.split('/');
  if (pattern === '*') return true;
  if (second === undefined) return namespace === undefined && isListed(name, [first]);
  return isListed(namespace, [first]) && isListed(name, [second]);
}

const match = fields({
  rule: 'route.field',
  fields: {
    path: fields({
      rule: 'route.field',
      fields: { type: exactly('route.field', 'PathPrefix', 'Exact'), value: exactly('route.field', '/') },
    }),
  },
});

const routeBackend = fields({
  rule: 'route.backend',
  fields: {
    group: exactly('route.backend', ''),
    kind: exactly('route.backend', 'Service'),
    name: own('route.backend', 'the own Service', ({ names }) => names.service),
    port: proxyPort('route.backend'),
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
    backendRefs: list('route.backend', routeBackend, { least: 1 }),
    timeouts: fields({ rule: 'route.field', fields: { request: duration, backendRequest: duration } }),
  },
  refused: { filters: 'route.filters' },
  required: ['backendRefs'],
});

/** Without hosts a route answers for all of its Gateway's. */
const hostnames = list('route.host', host('route.host'), { least: 1 });

export const httpRoute = fields({
  rule: 'route.field',
  fields: {
    apiVersion: exactly('route.field', 'gateway.networking.k8s.io/v1'),
    kind: exactly('route.field', 'HTTPRoute'),
    metadata: metadata('analysis'),
    spec: fields({
      rule: 'route.field',
      fields: { parentRefs: list('route.parents', parent, { least: 1 }), hostnames, rules: list('route.field', routeRule, { least: 1 }) },
      required: ['parentRefs', 'hostnames', 'rules'],
    }),
  },
});
