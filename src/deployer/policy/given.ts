import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import type { Policy } from '../../schema/policy.ts';
import { type Names, namesOf } from '../../spec-builder/names.ts';
import { subdomainOf } from '../../spec-builder/subdomain.ts';
import { type Json, record, records } from '../observe/read.ts';
import { PROXY_TARGETS } from './ports.ts';

/** What the rules compare with: the policy, whose analysis it is, and what its own objects are called. */
export interface Given {
  readonly policy: Policy;
  readonly externalId: string;
  readonly userId: string;
  readonly username: string;
  /** That of user and external id, whatever the spec says. */
  readonly subdomain: string;
  readonly names: Names;
  readonly configMaps: ReadonlySet<unknown>;
  readonly claims: ReadonlySet<unknown>;
  readonly volumes: ReadonlySet<unknown>;
  /** Of the pod, by name: whether it is a Secret. */
  readonly podVolumes: ReadonlyMap<unknown, boolean>;
  /** Names and numbers of those ports of the Service that lead to the proxy. */
  readonly proxyPorts: ReadonlySet<unknown>;
}

export function givenBy(policy: Policy, spec: ViceDeploymentSpec): Given {
  const { external_id, user_id, username } = spec.metadata;
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
    podVolumes: new Map(records(podIn(spec)['volumes']).map((volume) => [volume['name'], 'secret' in volume])),
    proxyPorts: new Set(
      servicePorts
        .filter(({ targetPort }) => PROXY_TARGETS.has(targetPort))
        .flatMap(({ name, port }) => (name === undefined ? [port] : [name, port])),
    ),
  };
}

function podIn({ deployment }: ViceDeploymentSpec): Json {
  return record(record(record(record(deployment)['spec'])['template'])['spec']);
}

function namesIn(manifests: readonly { readonly metadata: { readonly name: string } }[]): ReadonlySet<unknown> {
  return new Set(manifests.map(({ metadata }) => metadata.name));
}
