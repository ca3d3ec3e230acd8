import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import type { Policy } from '../../schema/policy.ts';
import { type Names, namesOf } from '../../spec-builder/names.ts';
import { subdomainOf } from '../../spec-builder/subdomain.ts';
import { type Json, record, records } from '../observe/read.ts';

/** What the rules compare with: the policy, whose analysis it is, and what its own objects are called. */
export interface Given {
  readonly policy: Policy;
  readonly externalId: string;
  readonly userId: string;
  readonly username: string;
  /** That of user and external id, whatever the spec says. */
  readonly subdomain: string;
  readonly names: Names;
  readonly configMaps: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
  readonly volumes: ReadonlySet<string>;
  /** Of the pod, by name: whether it is a Secret. */
  readonly podVolumes: ReadonlyMap<string, boolean>;
  /** Names and numbers of the ports of all containers. */
  readonly podPorts: ReadonlySet<unknown>;
  /** Names and numbers of the ports of the Service. */
  readonly servicePorts: ReadonlySet<unknown>;
}

export function givenBy(policy: Policy, spec: ViceDeploymentSpec): Given {
  const { external_id, user_id, username } = spec.metadata;
  const pod = podIn(spec);
  const ports = records(pod['containers']).flatMap((container) => records(container['ports']));
  const servicePorts = records(record(record(spec.service)['spec'])['ports']);
  return {
    policy,
    externalId: external_id,
    userId: user_id,
    username,
    subdomain: subdomainOf(user_id, external_id),
    names: namesOf(external_id),
    configMaps: namesIn(spec.config_maps),
    claims: namesIn(spec.persistent_volume_claims),
    volumes: namesIn(spec.persistent_volumes),
    podVolumes: new Map(records(pod['volumes']).map((volume) => [String(volume['name']), 'secret' in volume])),
    podPorts: new Set(ports.flatMap(({ name, containerPort }) => [name, containerPort])),
    servicePorts: new Set(servicePorts.flatMap(({ name, port }) => [name, port])),
  };
}

function podIn({ deployment }: ViceDeploymentSpec): Json {
  return record(record(record(record(deployment)['spec'])['template'])['spec']);
}

function namesIn(manifests: readonly { readonly metadata: { readonly name: string } }[]): ReadonlySet<string> {
  return new Set(manifests.map(({ metadata }) => metadata.name));
}
