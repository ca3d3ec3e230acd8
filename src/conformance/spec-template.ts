import { InvalidDocumentError } from '../errors/errors.ts';
import { check } from '../schema/check.ts';
import { ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import { subdomainOf } from '../spec-builder/subdomain.ts';

/** How a spec differs from the suite's own. */
export interface Variation {
  readonly attempt?: number;
  /** Makes it another spec: the tag of the first container's image. */
  readonly tag?: string;
  readonly replicas?: number;
}

/** Shorter texts than this would be found where no id is meant. */
const SHORTEST_ID = 8;
/** Whose log is told when no container is named. */
export const LOGGED_CONTAINER = 'analysis';

/**
 * A deployment spec that the suite can make its own specs of.
 *
 * @throws InvalidDocumentError with every fault
 */
export function templateOf(document: unknown): ViceDeploymentSpec {
  const checked = check(ViceDeploymentSpec, document);
  if (!checked.ok) throw new InvalidDocumentError('the template is no deployment spec', { faults: checked.faults });
  const { metadata, config_maps, deployment } = checked.value;
  const hasLogged = deployment.spec?.template.spec?.containers.some(({ name }) => name === LOGGED_CONTAINER) === true;
  const isShort = metadata.external_id.length < SHORTEST_ID;
  const faults = [
    ...(isShort
      ? [{ path: 'metadata.external_id', message: `must have at least ${SHORTEST_ID} characters: it is replaced wherever it stands` }]
      : []),
    ...(hasLogged ? [] : [{ path: 'deployment.spec.template.spec.containers', message: `must have one that is called ${LOGGED_CONTAINER}` }]),
    ...(config_maps.length === 0 ? [{ path: 'config_maps', message: 'must have one at least: the suite changes one by hand' }] : []),
  ];
  if (faults.length > 0) throw new InvalidDocumentError('no specs can be made of the template', { faults });
  return checked.value;
}

/** The template as the spec of one analysis: its id and its subdomain stand wherever the template's stood, in names, labels and host names. */
export function specFrom(template: ViceDeploymentSpec, externalId: string, { attempt, ...varied }: Variation = {}): ViceDeploymentSpec {
  const { external_id, user_id, subdomain } = template.metadata;
  const text = JSON.stringify(template).replaceAll(external_id, externalId);
  const document: ViceDeploymentSpec = JSON.parse(subdomain ? text.replaceAll(subdomain, subdomainOf(user_id, externalId)) : text); // still a spec: checked below
  const { attempt: _, ...metadata } = document.metadata;
  const spec = {
    ...document,
    metadata: { ...metadata, ...(attempt !== undefined && { attempt }) },
    deployment: varyDeployment(document.deployment, varied),
  };
  const checked = check(ViceDeploymentSpec, spec);
  if (checked.ok) return checked.value;
  throw new Error(`cannot happen: a spec of the template is none: ${JSON.stringify(checked.faults)}`);
}

type Deployment = ViceDeploymentSpec['deployment'];

function varyDeployment(deployment: Deployment, { tag, replicas }: Variation): Deployment {
  const { spec } = deployment;
  const pod = spec?.template.spec;
  if (spec === undefined || pod === undefined) return deployment;
  const [first, ...others] = pod.containers;
  const image = tag === undefined || first?.image === undefined ? {} : { image: tagged(first.image, tag) };
  const containers = first === undefined ? [] : [{ ...first, ...image }, ...others];
  return {
    ...deployment,
    spec: { ...spec, ...(replicas !== undefined && { replicas }), template: { ...spec.template, spec: { ...pod, containers } } },
  };
}

/** The image of the same repository with this tag, whatever tag or digest it had. */
function tagged(image: string, tag: string): string {
  return `${image.replace(/@.*$/, '').replace(/:[^:/]*$/, '')}:${tag}`;
}
