import { type Static, Type } from '@sinclair/typebox';

const Count = Type.Integer({ minimum: 0 });
const strict = { additionalProperties: false };

const NodeAmounts = Type.Object({ cpu_millicores: Count, memory_bytes: Count, pods: Count }, strict);

const Gpus = Type.Object(
  {
    vendor: Type.Union([Type.Literal('nvidia'), Type.Literal('amd'), Type.Literal('intel')]),
    /** What a container asks for: `nvidia.com/gpu`, or a slice of one, `nvidia.com/mig-1g.5gb`. */
    resource: Type.String(),
    /** As the vendor's label on the nodes has it. Absent: the nodes carry none. */
    model: Type.Optional(Type.String()),
    nodes: Count,
    allocatable: Count,
    requested: Count,
    free: Count,
  },
  strict,
);
/** Devices of one resource and model, on nodes that analyses with GPUs may run on. */
export type Gpus = Static<typeof Gpus>;

const Capacity = Type.Object(
  {
    /**
     * Nodes that the deployer's node selector chooses. `usable`: ready, not cordoned, and without taints that analyses do not tolerate; `gpu_only`: the
     * same, but for the taint that only analyses with GPUs tolerate. Of the others each is counted once, by the first that holds of cordoned, not ready,
     * tainted.
     */
    nodes: Type.Object({ selected: Count, usable: Count, gpu_only: Count, cordoned: Count, not_ready: Count, tainted: Count }, strict),
    /** Of the usable nodes. */
    allocatable: NodeAmounts,
    /** By the pods of every namespace on the usable nodes. */
    requested: NodeAmounts,
    /** Summed over the usable nodes: more than one of them may be needed to have it. */
    free: NodeAmounts,
    /** The most that is free on a single usable node. */
    largest_free: Type.Object({ cpu_millicores: Count, memory_bytes: Count }, strict),
    /** What one slot stands for: what an analysis of the default size requests, its proxy included. */
    slot: Type.Object({ cpu_millicores: Count, memory_bytes: Count, ephemeral_storage_bytes: Count }, strict),
    /** Further analyses of that size that fit, counted node by node. It promises nothing: pods that wait for a node are not counted, nor are volumes. */
    slots: Count,
    gpus: Type.Array(Gpus),
  },
  strict,
);
/** The room for analyses, from what nodes offer and pods request. Amounts in thousandths of a core and in bytes. */
export type Capacity = Static<typeof Capacity>;

const StorageClass = Type.Object(
  { name: Type.String(), provisioner: Type.String(), binding_mode: Type.String(), is_default: Type.Boolean() },
  strict,
);
export type StorageClass = Static<typeof StorageClass>;
const IngressClass = Type.Object({ name: Type.String(), controller: Type.String(), is_default: Type.Boolean() }, strict);
export type IngressClass = Static<typeof IngressClass>;
const GatewayClass = Type.Object({ name: Type.String(), controller: Type.String() }, strict);
export type GatewayClass = Static<typeof GatewayClass>;
const Gateway = Type.Object({ namespace: Type.String(), name: Type.String(), class: Type.String(), sections: Type.Array(Type.String()) }, strict);
export type Gateway = Static<typeof Gateway>;

const UNKNOWN_PARTS = ['storage_classes', 'csi_drivers', 'ingress_classes', 'gateway_classes', 'gateways', 'capacity'] as const;
export type UnknownPart = (typeof UNKNOWN_PARTS)[number];

/**
 * The answer to `GET /api/v1/capabilities`: what a cluster can do for analyses. What the deployer's role does not let it see is absent and named in
 * `unknown`; an empty list says that there is none.
 */
export const Capabilities = Type.Object(
  {
    vice_version: Type.String(),
    api_version: Type.Literal('v1'),
    kubernetes_version: Type.String(),
    /** The only one that analyses run in. */
    namespace: Type.String(),
    /** Of manifests that a spec may hold. `HTTPRoute` only where the cluster serves the Gateway API. */
    kinds: Type.Array(Type.String()),
    /** Whether the cluster serves HTTPRoutes. */
    gateway_api: Type.Boolean(),
    storage_classes: Type.Optional(Type.Array(StorageClass)),
    /** Names. */
    csi_drivers: Type.Optional(Type.Array(Type.String())),
    ingress_classes: Type.Optional(Type.Array(IngressClass)),
    gateway_classes: Type.Optional(Type.Array(GatewayClass)),
    /** Of all namespaces; `sections` are the names of their listeners. */
    gateways: Type.Optional(Type.Array(Gateway)),
    capacity: Type.Optional(Capacity),
    /** What the deployer may not see. */
    unknown: Type.Array(Type.Union(UNKNOWN_PARTS.map((part) => Type.Literal(part)))),
    /** RFC 3339; when all of this was last known to be so. */
    observed_at: Type.String(),
    /** The deployer's clock when it answered, RFC 3339. */
    now: Type.String(),
  },
  strict,
);
export type Capabilities = Static<typeof Capabilities>;
