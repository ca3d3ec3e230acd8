import { type Static, Type } from '@sinclair/typebox';

/** Glob patterns: `*` stands for any run of characters, everything else for itself. An empty list lets nothing in. */
const patterns = (description: string, ...standard: readonly string[]) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 512 }), { description, default: [...standard], maxItems: 256 });
const amount = (description: string, standard: string) => Type.String({ description, default: standard, maxLength: 64 });
const count = (description: string, standard: number, maximum = 1_000_000) => Type.Integer({ description, default: standard, minimum: 0, maximum });
const flag = (description: string, standard: boolean) => Type.Boolean({ description, default: standard });
const section = <P extends Parameters<typeof Type.Object>[0]>(description: string, properties: P) =>
  Type.Object(properties, { description, additionalProperties: false });

const CLOSED = { additionalProperties: false } as const;
/** The largest user or group id: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#security-context */
const MOST_UID = 2_147_483_647;

/**
 * What the administrator of a cluster lets analyses have there: the file of `--policy`, in which every key may be left out and then has its default.
 * The fields that no key speaks of are the same in every cluster; `docs/reference/policy.md` lists all rules.
 */
export const Policy = Type.Object(
  {
    images: section('Container images', {
      analysis: patterns('images of the containers `analysis`; a pattern without tag means every tag, `nginx` means `docker.io/library/nginx`', '*'),
      proxy: patterns('images of the container `vice-proxy`, which is given the Keycloak secret: name yours', '*'),
      transfers: patterns('images of the file transfers, which are given `porklock-config`: name yours', '*'),
      pull_policies: patterns('`imagePullPolicy`; anything but Always lets a pod use private images that others have pulled to its node', 'Always'),
      pull_secrets: patterns('names of `imagePullSecrets`; a bare `*` leaves out `vice-proxy` and `porklock-config`', '*'),
    }),
    hosts: section('Host names of Ingress and HTTPRoute, whose first label is always the own subdomain of the analysis', {
      bare: flag('whether the subdomain may stand alone', true),
      domains: patterns('what may follow the subdomain', '*'),
    }),
    ingress: section('Ingress', {
      classes: patterns('`ingressClassName`', '*'),
      annotations: patterns(
        'annotations; those that carry snippets, authentication or other hosts give whoever sets them the controller',
        ...['proxy-body-size', 'proxy-read-timeout', 'proxy-send-timeout', 'proxy-connect-timeout'].map(
          (key) => `nginx.ingress.kubernetes.io/${key}`,
        ),
      ),
      default_backends: patterns(
        'Services that answer for hosts without a rule; a bare `*` leaves out `vice-…`, which the Services of analyses are called',
        'vice-default-backend',
        '*',
      ),
    }),
    http_route: section('HTTPRoute', {
      gateways: patterns('Gateways, as `namespace/name`, and `name` for one in the namespace of the analyses', '*'),
    }),
    proxy: section('What the container `vice-proxy` is told', {
      keycloak_urls: patterns('`--keycloak-base-url`, where the Keycloak secret is sent to: name yours', '*'),
      service_urls: patterns('`--get-analysis-id-base` and `--check-resource-access-base`, which decide who may see an analysis', '*'),
      disable_auth: flag('whether the proxy may let everybody in (`--disable-auth`)', true),
    }),
    storage: section('Volumes and claims', {
      claim_classes: patterns('`storageClassName` of claims', '*'),
      data_classes: patterns('`storageClassName` of PersistentVolumes; a claim of such a class must name a volume of its own spec', 'irods*'),
      csi_drivers: patterns('CSI drivers of PersistentVolumes', 'irods.csi.*'),
      csi_attributes: patterns(
        '`volumeAttributes` of PersistentVolumes; hosts, users and passwords of the data store are not for the sender to say',
        ...['client', 'path_mapping_json', 'no_permission_check', 'clientUser', 'uid', 'gid'],
      ),
    }),
    scheduling: section('Where pods may run', {
      tolerations: patterns("keys of tolerations; a bare `*` leaves out those of Kubernetes' own (`…kubernetes.io/…`, `…k8s.io/…`)", '*'),
      node_labels: patterns(
        "keys of node labels in affinities; a bare `*` leaves out those of Kubernetes' own",
        ...['*', 'topology.kubernetes.io/*', 'kubernetes.io/arch', 'kubernetes.io/os', 'node.kubernetes.io/instance-type'],
      ),
      priority_classes: patterns('`priorityClassName`'),
      runtime_classes: patterns('`runtimeClassName`'),
    }),
    security: section('What containers run as', {
      least_user: count('least `runAsUser`, `runAsGroup` and `fsGroup`; above 0 the user must be said', 1, MOST_UID),
      most_user: count('greatest of them', MOST_UID, MOST_UID),
      capabilities: patterns('capabilities that `input-files-init` may add; no other container adds any', 'NET_ADMIN', 'NET_RAW'),
    }),
    resources: section('What containers may ask for', {
      gpus: patterns('extended resources', 'nvidia.com/*', 'amd.com/gpu', 'gpu.intel.com/*'),
    }),
    metadata: section('Labels and annotations besides those that every analysis has', {
      labels: patterns('keys of labels, on every object and on the pod'),
      annotations: patterns('keys of annotations, on every object but the Ingress, and on the pod; some of them change what a pod may do'),
    }),
    limits: section('Sizes and counts, each the most that is let in', {
      objects: count('objects of an analysis, without the one that the deployer adds', 64, 1000),
      depth: count('levels of nesting', 32, 32),
      replicas: count('pods of the Deployment', 1, 100),
      cpu: amount('cores of a container', '1024'),
      memory: amount('memory of a container', '1Ti'),
      ephemeral_storage: amount('ephemeral storage of a container', '8Ti'),
      gpus: count('of one extended resource, of a container', 64),
      claim: amount('storage of a claim, and capacity of a volume', '8Ti'),
      empty_dir: amount('`sizeLimit` of an emptyDir, which must be said', '1Ti'),
      config_map_bytes: count('bytes of the data of a ConfigMap', 1_048_576, 1_048_576),
      volumes: count('volumes of a pod, and mounts of a container', 32),
      ports: count('ports of a container and of the Service', 256),
      variables: count('environment variables of a container', 1024),
      words: count('words of a command and of its arguments', 10_000),
      word_bytes: count('bytes of one word or of one variable, which Linux ends at 128 KiB', 131_072, 1_048_576),
      termination_grace_seconds: count('seconds that a pod may take to end', 300),
    }),
  },
  CLOSED,
);
export type Policy = Static<typeof Policy>;
