import { type Static, Type } from '@sinclair/typebox';
import { DnsName, DnsNameOrNone, DriverName, ExtendedResource, QualifiedName } from './kubernetes-names.ts';
import { LabelValue } from './text.ts';

const LABELS = 'must be labels of Kubernetes: qualified names and their values';
const Count = Type.Integer({ minimum: 0 });
/** More than any cluster has, and what the database can count to. */
const Slots = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const ImageStart = Type.String({ minLength: 1, pattern: '^[a-z0-9][a-z0-9._:/-]*$', errorMessage: 'must be the beginning of the name of an image' });
const Url = Type.String({
  pattern: '^https?://[A-Za-z0-9\\[][-A-Za-z0-9._:\\[\\]]*(/[!-~]*)?$',
  maxLength: 512,
  errorMessage: 'must be an http or https URL',
});

const Toleration = Type.Object(
  {
    key: Type.Optional(QualifiedName),
    operator: Type.Optional(Type.Union([Type.Literal('Exists'), Type.Literal('Equal')])),
    value: Type.Optional(LabelValue),
    effect: Type.Optional(Type.Union([Type.Literal('NoSchedule'), Type.Literal('PreferNoSchedule'), Type.Literal('NoExecute')])),
  },
  { additionalProperties: false },
);

/**
 * What the coordinator must know of a cluster to build manifests that run there: column `vice_clusters.profile`, and the file of
 * `vice spec --profile`. Every key is optional; what is absent comes from the coordinator's own configuration.
 */
export const ClusterProfile = Type.Object(
  {
    /** DNS suffix of the analyses' host names. Absent: the route's host is the bare subdomain and an outer proxy strips the suffix. */
    domain: Type.Optional(DnsName),
    ingress_class: Type.Optional(DnsName),
    /** Set: the spec has an HTTPRoute attached to this Gateway instead of an Ingress. */
    gateway: Type.Optional(
      Type.Object({ name: DnsName, namespace: Type.Optional(DnsName), section: Type.Optional(DnsName) }, { additionalProperties: false }),
    ),
    local_storage_class: Type.Optional(DnsName),
    use_csi_driver: Type.Optional(Type.Boolean()),
    /** @default irods.csi.cyverse.org */
    csi_driver: Type.Optional(DriverName),
    /** @default irods-sc */
    csi_storage_class: Type.Optional(DnsName),
    /** Name of a Secret of the cluster; empty text: none. */
    image_pull_secret: Type.Optional(DnsNameOrNone),
    /** Image names that begin with `from` begin with `to` instead. */
    image_mirror: Type.Optional(Type.Object({ from: ImageStart, to: ImageStart }, { additionalProperties: false })),
    gpu: Type.Optional(
      Type.Object(
        {
          vendor: Type.Optional(Type.Union([Type.Literal('nvidia'), Type.Literal('amd'), Type.Literal('intel')])),
          /** Extended resource that is asked for. @default the vendor's, `nvidia.com/gpu` for nvidia */
          resource: Type.Optional(ExtendedResource),
          /**
           * Models of the cluster's nodes, as their vendor's label has them: `nvidia.com/gpu.product`, `amd.com/gpu.product-name` or
           * `gpu.intel.com/product`.
           */
          models: Type.Optional(Type.Array(LabelValue)),
        },
        { additionalProperties: false },
      ),
    ),
    /** Labels that a node must carry, besides `analysis`. */
    node_labels: Type.Optional(Type.Record(QualifiedName, LabelValue, { additionalProperties: false, errorMessage: LABELS })),
    /** Added to the analyses' own. */
    tolerations: Type.Optional(Type.Array(Toleration)),
    /** Room of the cluster; what is absent is unlimited. */
    capacity: Type.Optional(
      Type.Object(
        { slots: Type.Optional(Slots), cpu_millicores: Type.Optional(Count), memory_bytes: Type.Optional(Count), gpus: Type.Optional(Count) },
        { additionalProperties: false },
      ),
    ),
    /** The largest working directory that an analysis may ask for there; absent: any. */
    max_disk_bytes: Type.Optional(Count),
    /** Takes no new analyses; those that run there go on. @default false */
    draining: Type.Optional(Type.Boolean()),
    /** Base URL of get-analysis-id as pods of this cluster reach it. */
    get_analysis_id_base: Type.Optional(Url),
    /** Base URL of check-resource-access as pods of this cluster reach it. */
    check_resource_access_base: Type.Optional(Url),
  },
  { additionalProperties: false },
);
export type ClusterProfile = Static<typeof ClusterProfile>;
