import { ClusterMisconfiguredError } from '../../errors/errors.ts';
import type { ObjectReader } from '../ports.ts';
import { type InventorySource, type Part, partsOf, whereKnown } from './inventory.ts';

/** Remembers nothing and lists each time: for a process that sleeps between requests, as on Lambda. */
export function liveInventory(reader: ObjectReader, nodeSelector: string, now: () => Date): InventorySource {
  const parts = partsOf(nodeSelector);
  return {
    see: async (signal) => {
      const observedAt = now();
      const list = <T>(part: Part<T>) => listOf(reader, part, signal);
      const [nodes, pods, storage, drivers, ingress, gatewayClasses, gateways] = await Promise.all([
        list(parts.nodes),
        list(parts.pods),
        list(parts.storage_classes),
        list(parts.csi_drivers),
        list(parts.ingress_classes),
        list(parts.gateway_classes),
        list(parts.gateways),
      ]);
      return {
        observedAt,
        ...whereKnown('nodes', nodes),
        ...whereKnown('pods', pods),
        ...whereKnown('storage_classes', storage),
        ...whereKnown('csi_drivers', drivers),
        ...whereKnown('ingress_classes', ingress),
        ...whereKnown('gateway_classes', gatewayClasses),
        ...whereKnown('gateways', gateways),
      };
    },
  };
}

/** Undefined where the deployer may not look. */
async function listOf<T>(reader: ObjectReader, { selection, read }: Part<T>, signal: AbortSignal): Promise<readonly T[] | undefined> {
  try {
    const objects = await reader.list(selection, signal);
    return objects.flatMap((object) => read(object) ?? []);
  } catch (err) {
    if (err instanceof ClusterMisconfiguredError) return undefined;
    throw err;
  }
}
