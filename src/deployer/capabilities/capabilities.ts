import type { Capabilities, Capacity, UnknownPart } from '../../schema/capabilities.ts';
import { APPLIED_KINDS, KINDS } from '../kinds.ts';
import { type CapacitySettings, capacityOf } from './capacity.ts';
import type { Inventory, InventorySource } from './inventory.ts';
import type { ClusterDiscovery } from './ports.ts';

export interface CapabilitiesDeps {
  readonly inventory: InventorySource;
  readonly discovery: ClusterDiscovery;
  readonly namespace: string;
  /** Of this program. */
  readonly version: string;
  readonly now: () => Date;
}

const MIB = 1024 ** 2;

/** What the platform gives analyses by default: the requests of an analysis that asks for nothing, with those of its proxy, and the taint of its nodes. */
const BY_DEFAULT: CapacitySettings = {
  tolerated: [{ key: 'analysis' }],
  slot: { cpu_millicores: 1_100, memory_bytes: (2_048 + 100) * MIB, ephemeral_storage_bytes: (1 + 16) * 1_024 * MIB },
};

/** What the cluster can do for analyses. @throws UnavailableError, ClusterMisconfiguredError */
export async function capabilitiesOf(deps: CapabilitiesDeps, signal: AbortSignal): Promise<Capabilities> {
  const { inventory, discovery, namespace, version, now } = deps;
  const [seen, kubernetes_version, gateway_api] = await Promise.all([
    inventory.see(signal),
    discovery.version(signal),
    discovery.serves(KINDS.HTTPRoute, signal),
  ]);
  const parts = told(seen);
  const unknown = PARTS.filter((part) => parts[part] === undefined);
  return {
    vice_version: version,
    api_version: 'v1',
    kubernetes_version,
    namespace,
    kinds: APPLIED_KINDS.filter((kind) => kind !== 'HTTPRoute' || gateway_api),
    gateway_api,
    ...parts,
    unknown,
    observed_at: seen.observedAt.toISOString(),
    now: now().toISOString(),
  };
}

const PARTS: readonly UnknownPart[] = ['storage_classes', 'csi_drivers', 'ingress_classes', 'gateway_classes', 'gateways', 'capacity'];

/** In the order of their names, so that the same cluster gives the same answer. */
function told(seen: Inventory): Pick<Capabilities, UnknownPart> {
  const { storage_classes, csi_drivers, ingress_classes, gateway_classes, gateways } = seen;
  const capacity = capacityIn(seen);
  return {
    ...(storage_classes && { storage_classes: sorted(storage_classes, ({ name }) => name) }),
    ...(csi_drivers && { csi_drivers: csi_drivers.toSorted() }),
    ...(ingress_classes && { ingress_classes: sorted(ingress_classes, ({ name }) => name) }),
    ...(gateway_classes && { gateway_classes: sorted(gateway_classes, ({ name }) => name) }),
    ...(gateways && { gateways: sorted(gateways, (gateway) => `${gateway.namespace}/${gateway.name}`) }),
    ...(capacity && { capacity }),
  };
}

/** What is free on a node is known only to those who see the pods of every namespace. */
function capacityIn({ nodes, pods }: Inventory): Capacity | undefined {
  return nodes && pods && capacityOf(nodes, pods, BY_DEFAULT);
}

function sorted<T>(items: readonly T[], key: (item: T) => string): T[] {
  return items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
