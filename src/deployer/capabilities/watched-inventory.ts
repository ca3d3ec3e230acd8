import type { ObjectFollower } from '../ports.ts';
import { type Inventory, type InventorySource, type Part, partsOf, whereKnown } from './inventory.ts';
import { KeptPart } from './kept-part.ts';

/** An inventory in memory, kept by watches. */
export class WatchedInventory implements InventorySource {
  readonly #kept;

  /** `nodeSelector` is a label selector of Kubernetes. */
  constructor(nodeSelector: string, now: () => Date) {
    const { nodes, pods, ...classes } = partsOf(nodeSelector);
    const keep = <T>(part: Part<T>) => new KeptPart(part, now);
    this.#kept = {
      nodes: keep(nodes),
      pods: keep(pods),
      storage_classes: keep(classes.storage_classes),
      csi_drivers: keep(classes.csi_drivers),
      ingress_classes: keep(classes.ingress_classes),
      gateway_classes: keep(classes.gateway_classes),
      gateways: keep(classes.gateways),
    };
  }

  /** Keeps it up to date until `signal` aborts. */
  async follow(follower: ObjectFollower, signal: AbortSignal): Promise<void> {
    await Promise.all(Object.values(this.#kept).map((kept) => follower.follow(kept.part.selection, kept, signal)));
  }

  /** Since the last sign of life of each kind's watch, of those that were listed and may be. */
  agesSeconds(): ReadonlyMap<string, number> {
    const ages = Object.values(this.#kept).map(({ part, ageSeconds }) => [part.selection.kind, ageSeconds] as const);
    return new Map(ages.flatMap(([kind, age]) => (age === undefined ? [] : [[kind, age] as const])));
  }

  async see(): Promise<Inventory> {
    const { nodes, pods, storage_classes, csi_drivers, ingress_classes, gateway_classes, gateways } = this.#kept;
    const observedAt = new Date(Math.min(...Object.values(this.#kept).map(({ aliveAt }) => aliveAt)));
    return {
      observedAt,
      ...whereKnown('nodes', nodes.values()),
      ...whereKnown('pods', pods.values()),
      ...whereKnown('storage_classes', storage_classes.values()),
      ...whereKnown('csi_drivers', csi_drivers.values()),
      ...whereKnown('ingress_classes', ingress_classes.values()),
      ...whereKnown('gateway_classes', gateway_classes.values()),
      ...whereKnown('gateways', gateways.values()),
    };
  }
}
