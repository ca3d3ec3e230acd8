import type { ApiServer } from './api-server.ts';

/** Puts into a new cluster what its administrator would: a node for analyses, classes of storage and of routes. */
export function furnish(api: ApiServer, nodeName: string): void {
  const room = { cpu: '64', memory: '256Gi', 'ephemeral-storage': '4Ti', pods: '500' };
  api.create('Node', '', {
    ...typed('Node'),
    metadata: { name: nodeName, labels: { 'kubernetes.io/hostname': nodeName, analysis: 'true' } },
    status: { allocatable: room, capacity: room, conditions: [{ type: 'Ready', status: 'True' }] },
  });
  api.create('StorageClass', '', {
    ...typed('StorageClass', 'storage.k8s.io/v1'),
    metadata: { name: 'openebs-hostpath' },
    provisioner: 'openebs.io/local',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  api.create('CSIDriver', '', { ...typed('CSIDriver', 'storage.k8s.io/v1'), metadata: { name: 'irods.csi.cyverse.org' }, spec: {} });
  api.create('IngressClass', '', {
    ...typed('IngressClass', 'networking.k8s.io/v1'),
    metadata: { name: 'nginx', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
    spec: { controller: 'k8s.io/ingress-nginx' },
  });
  api.create('GatewayClass', '', {
    ...typed('GatewayClass', 'gateway.networking.k8s.io/v1'),
    metadata: { name: 'sandbox' },
    spec: { controllerName: 'sandbox/front' },
  });
}

function typed(kind: string, apiVersion = 'v1') {
  return { apiVersion, kind };
}
