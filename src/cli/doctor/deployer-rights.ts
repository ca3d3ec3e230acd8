import { parseAllDocuments } from 'yaml';
import rbac from '../../../deploy/deployer/rbac.yaml' with { type: 'text' };

/** Verbs on one kind of thing. */
export interface GrantedRights {
  readonly group: string;
  /** With its subresource. */
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly isNamespaced: boolean;
  /** Without these everything works but one thing, which this says. */
  readonly forWhat?: string;
}

interface Document {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly { readonly apiGroups: readonly string[]; readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
}

const FOR_ONE_THING: Readonly<Record<string, string>> = { 'pods/log': 'logs', events: 'warnings of the cluster on what does not start' };

/** What the manifest of this very binary grants to a deployer. */
export function grantedRights(): readonly GrantedRights[] {
  return parseAllDocuments(rbac)
    .map((document): Document => document.toJS())
    .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
    .flatMap(rightsOf);
}

function rightsOf({ kind, metadata, rules = [] }: Document): readonly GrantedRights[] {
  const isNamespaced = kind === 'Role';
  const whole = metadata.name === 'vice-deployer-capabilities' ? 'word on it in the capabilities' : undefined;
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.map((resource) => {
        const forWhat = whole ?? FOR_ONE_THING[resource];
        return { group, resource, verbs, isNamespaced, ...(forWhat !== undefined && { forWhat }) };
      }),
    ),
  );
}
