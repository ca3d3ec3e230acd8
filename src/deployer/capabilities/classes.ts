import type { Gateway, GatewayClass, IngressClass, StorageClass } from '../../schema/capabilities.ts';
import { record, records, text } from '../observe/read.ts';
import type { KubeObject } from '../ports.ts';

/** https://kubernetes.io/docs/concepts/storage/storage-classes/ */
export function storageClass(object: KubeObject): StorageClass {
  return {
    name: object.metadata.name,
    provisioner: text(object['provisioner']) ?? '',
    binding_mode: text(object['volumeBindingMode']) ?? 'Immediate',
    is_default: isMarked(object, 'storageclass.kubernetes.io/is-default-class'),
  };
}

/** https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class */
export function ingressClass(object: KubeObject): IngressClass {
  const controller = text(record(object['spec'])['controller']) ?? '';
  return { name: object.metadata.name, controller, is_default: isMarked(object, 'ingressclass.kubernetes.io/is-default-class') };
}

/** https://gateway-api.sigs.k8s.io/api-types/gatewayclass/ */
export function gatewayClass(object: KubeObject): GatewayClass {
  return { name: object.metadata.name, controller: text(record(object['spec'])['controllerName']) ?? '' };
}

/** https://gateway-api.sigs.k8s.io/api-types/gateway/ */
export function gateway(object: KubeObject): Gateway {
  const { name, namespace = '' } = object.metadata;
  const spec = record(object['spec']);
  const sections = records(spec['listeners']).flatMap((listener) => text(listener['name']) ?? []);
  return { namespace, name, class: text(spec['gatewayClassName']) ?? '', sections };
}

function isMarked({ metadata }: KubeObject, annotation: string): boolean {
  return metadata.annotations?.[annotation] === 'true';
}
