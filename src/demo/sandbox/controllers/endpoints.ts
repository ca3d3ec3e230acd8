import type { ApiServer } from '../api-server.ts';
import type { Stored } from '../kinds.ts';
import { isReady } from './deployments.ts';

/** Keeps one EndpointSlice for each Service, with the pods that it selects. */
export function tendEndpoints(api: ApiServer): void {
  for (const service of api.store.list('Service')) {
    if (service.metadata.deletionTimestamp === undefined && service.spec?.selector !== undefined) tendSlice(api, service);
  }
}

function tendSlice(api: ApiServer, service: Stored<'Service'>): void {
  const name = `${service.metadata.name}-${service.metadata.uid.slice(0, 5)}`;
  const before = api.store.get('EndpointSlice', service.metadata.namespace ?? '', name);
  const endpoints = selectedPods(api, service).map((pod) => ({
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: isReady(pod), serving: isReady(pod), terminating: pod.metadata.deletionTimestamp !== undefined },
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, uid: pod.metadata.uid },
  }));
  const ports = (service.spec?.ports ?? []).map(({ name: port = '', port: number, protocol = 'TCP' }) => ({ name: port, port: number, protocol }));
  if (before && Bun.deepEquals(before.endpoints, endpoints) && Bun.deepEquals(before.ports, ports)) return;
  const labels = { ...service.metadata.labels, 'kubernetes.io/service-name': service.metadata.name };
  const metadata = before?.metadata ?? api.ownedBy(service, name, labels);
  api.store.put('EndpointSlice', { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints, ports });
}

/** Pods without an address are in no slice yet. */
function selectedPods(api: ApiServer, service: Stored<'Service'>): Stored<'Pod'>[] {
  const wanted = Object.entries(service.spec?.selector ?? {});
  const pods = api.store.list('Pod', service.metadata.namespace);
  return pods.filter(({ metadata, status }) => status?.podIP !== undefined && wanted.every(([key, value]) => metadata.labels?.[key] === value));
}
