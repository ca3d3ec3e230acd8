import type { Fault } from '../../schema/check.ts';
import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import { type Json, record, records } from '../observe/read.ts';

/** Fields by which a pod would leave its bounds; it may say `false` to those that are switches. */
const REFUSED_POD_FIELDS: Readonly<Record<string, string>> = {
  hostNetwork: "gives it the node's network",
  hostPID: "gives it the node's processes",
  hostIPC: "gives it the node's memory segments",
  serviceAccountName: 'gives it rights in the cluster',
  serviceAccount: 'gives it rights in the cluster',
  nodeName: 'chooses a node past the scheduler',
  priorityClassName: 'lets it push others out',
  ephemeralContainers: 'are added to running pods alone',
};

/** Sources of volumes by which a pod would read or write what is not its own. */
const REFUSED_VOLUMES = ['hostPath', 'projected', 'nfs', 'iscsi', 'fc', 'rbd', 'cephfs', 'glusterfs', 'flexVolume', 'local'];

/** The pod of the Deployment: none of the fields that would give it the node, the cluster, or rights of its own. */
export function checkPod({ deployment, persistent_volumes }: ViceDeploymentSpec): readonly Fault[] {
  const path = 'deployment.spec.template.spec';
  const pod = record(record(record(record(deployment)['spec'])['template'])['spec']);
  const containers = ['initContainers', 'containers'].flatMap((list) =>
    records(pod[list]).flatMap((container, index) => checkContainer(`${path}.${list}[${index}]`, container)),
  );
  return [
    ...fields(path, pod),
    ...(pod['automountServiceAccountToken'] === false ? [] : [{ path: `${path}.automountServiceAccountToken`, message: 'must be false' }]),
    ...records(pod['volumes']).flatMap((volume, index) => sources(`${path}.volumes[${index}]`, volume)),
    ...containers,
    ...persistent_volumes.flatMap((volume, index) => sources(`persistent_volumes[${index}].spec`, record(record(volume)['spec']))),
  ];
}

function fields(path: string, pod: Json): readonly Fault[] {
  const given = Object.entries(REFUSED_POD_FIELDS).filter(([field]) => pod[field] !== undefined && pod[field] !== false && pod[field] !== '');
  return given.map(([field, why]) => ({ path: `${path}.${field}`, message: `is not allowed: it ${why}` }));
}

function sources(path: string, volume: Json): readonly Fault[] {
  return REFUSED_VOLUMES.filter((source) => source in volume).map((source) => ({
    path: `${path}.${source}`,
    message: 'is no source of a volume that an analysis may have',
  }));
}

function checkContainer(path: string, container: Json): readonly Fault[] {
  const security = record(container['securityContext']);
  const faults: Fault[] = [];
  for (const field of ['privileged', 'allowPrivilegeEscalation']) {
    if (security[field] === true) faults.push({ path: `${path}.securityContext.${field}`, message: 'must not be true' });
  }
  for (const [index, port] of records(container['ports']).entries()) {
    if (port['hostPort'] !== undefined)
      faults.push({ path: `${path}.ports[${index}].hostPort`, message: "is not allowed: it takes the node's port" });
  }
  return faults;
}
