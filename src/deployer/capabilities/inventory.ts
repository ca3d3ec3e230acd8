import type { Gateway, GatewayClass, IngressClass, StorageClass } from '../../schema/capabilities.ts';
import { KINDS } from '../kinds.ts';
import type { KubeObject, Selection } from '../ports.ts';
import { gateway, gatewayClass, ingressClass, storageClass } from './classes.ts';
import { type NodeFacts, nodeFacts, type PodLoad, podLoads } from './facts.ts';

/** What of a cluster its capabilities are made of. A part is absent where the deployer's role does not let it look. */
export interface Inventory {
  /** That the deployer's node selector chooses. */
  readonly nodes?: readonly NodeFacts[];
  /** Of all namespaces. */
  readonly pods?: readonly PodLoad[];
  readonly storage_classes?: readonly StorageClass[];
  /** Names. */
  readonly csi_drivers?: readonly string[];
  readonly ingress_classes?: readonly IngressClass[];
  readonly gateway_classes?: readonly GatewayClass[];
  readonly gateways?: readonly Gateway[];
  /** When all of this was last known to be so. */
  readonly observedAt: Date;
}

/** From memory, or asked each time. @throws UnavailableError while it is not known */
export interface InventorySource {
  see(signal: AbortSignal): Promise<Inventory>;
}

/** Where a part is found, and what of each object is kept. */
export interface Part<T> {
  readonly selection: Selection;
  /** Undefined for an object that does not count. */
  readonly read: (object: KubeObject) => T | undefined;
}

const storage = (plural: string) => ({ apiVersion: 'storage.k8s.io/v1', plural, namespaced: false });
const gateways = (plural: string, namespaced: boolean) => ({ apiVersion: 'gateway.networking.k8s.io/v1', plural, namespaced });

/** `nodeSelector` is a label selector of Kubernetes. */
export function partsOf(nodeSelector: string) {
  const nodes = { apiVersion: 'v1', plural: 'nodes', namespaced: false };
  const ingressClasses = { apiVersion: 'networking.k8s.io/v1', plural: 'ingressclasses', namespaced: false };
  return {
    nodes: part({ kind: 'Node', resource: nodes, ...(nodeSelector !== '' && { labelSelector: nodeSelector }) }, nodeFacts),
    pods: part({ kind: 'Pod', resource: KINDS.Pod, everywhere: true }, podLoads()),
    storage_classes: part({ kind: 'StorageClass', resource: storage('storageclasses') }, storageClass),
    csi_drivers: part({ kind: 'CSIDriver', resource: storage('csidrivers'), metadataOnly: true }, ({ metadata }) => metadata.name),
    ingress_classes: part({ kind: 'IngressClass', resource: ingressClasses }, ingressClass),
    gateway_classes: part({ kind: 'GatewayClass', resource: gateways('gatewayclasses', false) }, gatewayClass),
    gateways: part({ kind: 'Gateway', resource: gateways('gateways', true), everywhere: true }, gateway),
  };
}

function part<T>(selection: Selection, read: (object: KubeObject) => T | undefined): Part<T> {
  return { selection, read };
}

/** As a property, which is absent when nothing is known. */
export function whereKnown<Name extends string, T>(name: Name, values: readonly T[] | undefined): { readonly [N in Name]?: readonly T[] } {
  if (values === undefined) return {};
  return { [name]: values } as { readonly [N in Name]: readonly T[] }; // it has this one property
}
