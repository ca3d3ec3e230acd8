import type { Stored } from './kinds.ts';
import type { ObjectStore } from './object-store.ts';

/** Where a host name leads: to a pod that is ready, to a service without one yet, or nowhere. */
export type Destination =
  | { readonly kind: 'pod'; readonly pod: Stored<'Pod'> }
  | { readonly kind: 'waiting'; readonly service: string }
  | { readonly kind: 'nowhere' };

/** Follows the Ingress or HTTPRoute of a host to its Service and on to a ready pod. An analysis' host may be its bare subdomain. */
export function destinationOf(store: ObjectStore, hostname: string): Destination {
  const backend = backends(store).find(({ hosts }) => hosts.includes(hostname) || hosts.includes(hostname.split('.')[0] ?? ''));
  if (backend === undefined) return { kind: 'nowhere' };
  const { namespace, service } = backend;
  const slices = store.list('EndpointSlice', namespace).filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service);
  const ready = slices.flatMap(({ endpoints }) => endpoints).find(({ conditions }) => conditions?.ready);
  const pod = store.get('Pod', namespace, ready?.targetRef?.name ?? '');
  return pod ? { kind: 'pod', pod } : { kind: 'waiting', service };
}

interface Backend {
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly service: string;
}

function backends(store: ObjectStore): Backend[] {
  const ingresses = store.list('Ingress').flatMap(({ metadata, spec }) =>
    (spec?.rules ?? []).map((rule) => ({
      namespace: metadata.namespace ?? '',
      hosts: rule.host === undefined ? [] : [rule.host],
      service: rule.http?.paths[0]?.backend.service?.name ?? '',
    })),
  );
  const routes = store.list('HTTPRoute').map(({ metadata, spec }) => ({
    namespace: metadata.namespace ?? '',
    hosts: spec?.hostnames ?? [],
    service: spec?.rules?.[0]?.backendRefs?.[0]?.name ?? '',
  }));
  return [...ingresses, ...routes];
}
