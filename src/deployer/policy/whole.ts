import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import { MOST_DEPTH } from '../../schema/unspeakable.ts';
import { shown } from './shape.ts';
import type { Visit } from './visit.ts';

/** What only the spec as a whole can say: one way in, not too many objects, no two of one name, not too deep. */
export function checkWhole(spec: ViceDeploymentSpec, visit: Visit): void {
  const { limits } = visit.given.policy;
  const hasIngress = spec.ingress !== undefined;
  const hasRoute = spec.http_route !== undefined;
  if (hasIngress && hasRoute) visit.refuse('spec.route', 'is there beside an ingress', 'one of them', 'http_route');
  if (!hasIngress && !hasRoute) visit.refuse('spec.route', 'is missing, and so is http_route', 'one of them', 'ingress');
  const objects = objectsIn(spec);
  if (objects.length > limits.objects) visit.refuseByPolicy('spec.objects', `has ${objects.length} objects`, `at most ${limits.objects}`);
  // A document that is read is no deeper than that, whatever the policy says.
  if (limits.depth < MOST_DEPTH && isDeeper(spec, limits.depth))
    visit.refuseByPolicy('spec.depth', 'is nested too deeply', `at most ${limits.depth} levels`);
  const { externalId, names } = visit.given;
  const taken = [externalId, names.service].find((name) => visit.given.policy.ingress.default_backends.includes(name));
  if (taken !== undefined) visit.refuseByPolicy('spec.external-id', `would call an object ${taken}`, 'another id', 'metadata', 'external_id');
  const { subdomain } = spec.metadata;
  if (subdomain !== undefined && subdomain !== visit.given.subdomain) {
    visit.refuse('spec.subdomain', `is ${shown(subdomain)}`, visit.given.subdomain, 'metadata', 'subdomain');
  }
  const seen = new Set<string>();
  for (const { steps, kind, name } of objects) {
    const full = `${kind}/${name}`;
    if (seen.has(full)) visit.refuse('object.duplicate', `is there twice: ${shown(full)}`, 'each name once', ...steps, 'metadata', 'name');
    seen.add(full);
  }
}

interface Located {
  readonly steps: readonly (string | number)[];
  readonly kind: string;
  readonly name: string;
}

function objectsIn(spec: ViceDeploymentSpec): readonly Located[] {
  const { metadata: _, ...members } = spec;
  return Object.entries(members).flatMap(([member, object]) => {
    if (!Array.isArray(object)) return [located(object, member)];
    return object.map((one, index) => located(one, member, index));
  });
}

function located({ kind, metadata }: { kind: string; metadata: { name: string } }, ...steps: readonly (string | number)[]): Located {
  return { steps, kind, name: metadata.name };
}

/** Whether something stands below that many levels of objects and lists. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels <= 0 || Object.values(value).some((below) => isDeeper(below, levels - 1));
}
