/** A rule of the policy, as reference and violations tell of it. */
export interface Rule {
  /** What it refuses, as a clause. */
  readonly refuses: string;
  /** The key of the policy document that widens or narrows it; absent: nobody can. */
  readonly key?: string;
}

/**
 * Every rule by its stable id. Ids are an interface: operators count by them, and a test of theirs may name one, so they are added to and never
 * renamed.
 */
export const RULES = {
  'spec.route': { refuses: 'both of Ingress and HTTPRoute, or neither' },
  'spec.objects': { refuses: 'more objects than one analysis has', key: 'limits.objects' },
  'spec.depth': { refuses: 'nesting that only an attack has', key: 'limits.depth' },
  'spec.external-id': {
    refuses: 'an external id by which an object would be called as a Service that answers for the platform',
    key: 'ingress.default_backends',
  },
  'spec.subdomain': { refuses: 'a subdomain other than that of the user and the external id' },

  'object.namespace': { refuses: 'a namespace: the deployer writes its own' },
  'object.owners': { refuses: 'owners: the deployer writes its own' },
  'object.finalizers': { refuses: 'finalizers, which would keep objects from being removed' },
  'object.metadata': { refuses: 'any other metadata but name, labels and annotations' },
  'object.name': { refuses: 'a name that is not the one that this object of this analysis has' },
  'object.duplicate': { refuses: 'two objects of one kind and name' },
  'object.labels': { refuses: 'labels that analyses do not have, or that speak of another one', key: 'metadata.labels' },
  'object.reserved-labels': { refuses: 'labels and annotations that the deployer alone writes' },
  'object.annotations': { refuses: 'annotations', key: 'metadata.annotations' },
  'object.selector': { refuses: 'selectors of anything but the own pod' },

  'deployment.field': { refuses: 'fields of a Deployment that are not listed' },
  'deployment.replicas': { refuses: 'more pods', key: 'limits.replicas' },
  'deployment.strategy': { refuses: 'other strategies than the two that there are' },

  'pod.field': { refuses: 'fields of a pod that are not listed' },
  'pod.host-namespaces': { refuses: "the node's network, processes, memory segments or users" },
  'pod.service-account': { refuses: 'a service account, or its token in the pod' },
  'pod.node-name': { refuses: 'choosing a node or a scheduler past the usual one' },
  'pod.priority': { refuses: 'pushing others out', key: 'scheduling.priority_classes' },
  'pod.runtime-class': { refuses: 'choosing the runtime of containers', key: 'scheduling.runtime_classes' },
  'pod.ephemeral-containers': { refuses: 'containers for debugging' },
  'pod.dns': { refuses: 'another name resolution than the usual one, and a host name that is not the own subdomain' },
  'pod.process-namespace': { refuses: 'containers that see the processes of others' },
  'pod.sysctls': { refuses: 'kernel parameters' },
  'pod.security': { refuses: 'other fields and values of the security context' },
  'pod.users': { refuses: 'users and groups out of range, root first of all', key: 'security.least_user' },
  'pod.tolerations': { refuses: 'nodes that are set aside for something else', key: 'scheduling.tolerations' },
  'pod.node-labels': { refuses: 'choosing single nodes, or nodes of a role', key: 'scheduling.node_labels' },
  'pod.affinity': { refuses: 'other affinities than to node labels, and away from other analyses' },
  'pod.pull-secrets': { refuses: 'pull secrets', key: 'images.pull_secrets' },
  'pod.termination-grace': { refuses: 'a pod that takes long to end', key: 'limits.termination_grace_seconds' },
  'pod.restart-policy': { refuses: 'another restart policy than that of Deployments' },
  'pod.containers': { refuses: 'containers that analyses do not have' },

  'container.field': { refuses: 'fields of a container that are not listed' },
  'container.image': { refuses: 'images from elsewhere', key: 'images' },
  'container.pull-policy': { refuses: 'images that others pulled', key: 'images.pull_policies' },
  'container.privileged': { refuses: 'privileged containers, and programs that gain privileges' },
  'container.capabilities': { refuses: 'capabilities', key: 'security.capabilities' },
  'container.security': { refuses: 'other fields and values of the security context' },
  'container.ports': { refuses: "the node's ports, and what is no port", key: 'limits.ports' },
  'container.env': { refuses: 'variables that are no plain text, or too many or too long', key: 'limits.variables' },
  'container.env-secret': { refuses: 'Secrets in variables, but for the one key that the proxy has' },
  'container.env-from': { refuses: 'whole ConfigMaps and Secrets as variables' },
  'container.probes': { refuses: 'probes that ask another host, run programs or send headers' },
  'container.lifecycle': { refuses: 'programs and requests at start and end' },
  'container.mounts': { refuses: 'mounts of what is not there, of parts, or shared with the node', key: 'limits.volumes' },
  'container.secret-mount': { refuses: "the transfers' credentials anywhere but in their place" },
  'container.devices': { refuses: 'block devices' },
  'container.resources': { refuses: 'resources that are not listed, more than the limits, and what is no quantity', key: 'limits' },
  'container.command': { refuses: 'commands that are no list of words, or too many or too long', key: 'limits.words' },
  'container.proxy-command': { refuses: 'another program than the proxy beside its secret, or telling it other hosts', key: 'proxy' },
  'container.transfers-command': { refuses: 'another program than the file transfers beside their credentials' },

  'volume.field': { refuses: 'fields of a volume that are not listed' },
  'volume.source': { refuses: "sources of volumes that are not the analysis' own" },
  'volume.secret': { refuses: 'Secrets, but for the one of the file transfers' },
  'volume.config-map': { refuses: "ConfigMaps that are not the spec's own" },
  'volume.claim': { refuses: "claims that are not the spec's own" },
  'volume.empty-dir': { refuses: 'an emptyDir without or beyond a size', key: 'limits.empty_dir' },
  'volume.count': { refuses: 'too many volumes, or one name twice', key: 'limits.volumes' },

  'service.field': { refuses: 'fields of a Service that are not listed' },
  'service.type': { refuses: 'Services that are reached from outside the cluster' },
  'service.external': { refuses: 'external addresses and names, node ports and load balancers' },
  'service.ports': { refuses: "ports that are none of the pod's", key: 'limits.ports' },

  'ingress.field': { refuses: 'fields of an Ingress that are not listed' },
  'ingress.class': { refuses: 'other Ingress classes', key: 'ingress.classes' },
  'ingress.annotations': { refuses: 'annotations, above all snippets', key: 'ingress.annotations' },
  'ingress.host': { refuses: "hosts that are not the analysis' own", key: 'hosts' },
  'ingress.backend': { refuses: 'backends but the own Service' },
  'ingress.default-backend': { refuses: 'other Services for hosts without a rule', key: 'ingress.default_backends' },
  'ingress.tls': { refuses: 'certificates: the controller has its own' },

  'route.field': { refuses: 'fields of an HTTPRoute that are not listed' },
  'route.parents': { refuses: 'other Gateways', key: 'http_route.gateways' },
  'route.host': { refuses: "hosts that are not the analysis' own", key: 'hosts' },
  'route.backend': { refuses: 'backends but the own Service' },
  'route.filters': { refuses: 'filters: they mirror, rewrite and redirect' },

  'budget.field': { refuses: 'fields of a PodDisruptionBudget that are not listed' },
  'config-map.field': { refuses: 'fields of a ConfigMap that are not listed' },
  'config-map.size': { refuses: 'data that is too large, or keys that are none', key: 'limits.config_map_bytes' },

  'claim.field': { refuses: 'fields of a claim that are not listed' },
  'claim.size': { refuses: 'more storage, and what is no quantity', key: 'limits.claim' },
  'claim.storage-class': { refuses: 'storage classes, and none', key: 'storage.claim_classes' },
  'claim.access-modes': { refuses: 'other access modes' },
  'claim.volume': { refuses: "volumes that are not the spec's own, and claims that would bind to somebody's data", key: 'storage.data_classes' },
  'claim.data-source': { refuses: 'claims that are filled from others' },
  'claim.selector': { refuses: 'claims that choose among volumes' },

  'persistent-volume.field': { refuses: 'fields of a PersistentVolume that are not listed' },
  'persistent-volume.source': { refuses: 'volumes that no CSI driver provides: disks of nodes, NFS, iSCSI and their like' },
  'persistent-volume.driver': { refuses: 'other CSI drivers', key: 'storage.csi_drivers' },
  'persistent-volume.handle': { refuses: "a volume handle that is not the analysis' own" },
  'persistent-volume.attributes': {
    refuses: 'what the driver is told besides, and another user than that of the spec',
    key: 'storage.csi_attributes',
  },
  'persistent-volume.secrets': { refuses: 'Secrets that the driver would read' },
  'persistent-volume.claim-ref': { refuses: 'binding it to a claim: its claim names it' },
  'persistent-volume.node-affinity': { refuses: 'volumes of single nodes' },
  'persistent-volume.mount-options': { refuses: 'mount options' },
  'persistent-volume.reclaim': { refuses: 'another reclaim policy than Retain' },
  'persistent-volume.storage-class': { refuses: 'storage classes', key: 'storage.data_classes' },
  'persistent-volume.access-modes': { refuses: 'other access modes' },
  'persistent-volume.size': { refuses: 'more capacity, and what is no quantity', key: 'limits.claim' },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleId = keyof typeof RULES;

/** Of the document itself, before it is a spec: `src/schema/strict-json.ts` and `src/schema/unspeakable.ts`. Their ids are as stable. */
export const DOCUMENT_RULES = {
  'json.duplicate-key': { refuses: 'a key that stands twice in one object: programs disagree on which of them counts' },
  'json.prototype-key': { refuses: '`__proto__` and `constructor` as keys' },
  'json.depth': { refuses: 'more than 32 levels of nesting' },
  'json.text': { refuses: 'text with the character NUL or with half of a character, and numbers beyond every double' },
} as const satisfies Readonly<Record<string, Rule>>;
