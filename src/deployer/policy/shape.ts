import type { Fault } from '../../schema/check.ts';
import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import { manifestsIn } from './manifests-in.ts';

/** Objects of one analysis, the anchor left out. */
const MOST_OBJECTS = 64;

/** The spec as a whole: one way in, not too many objects, no two of one name. */
export function checkShape(spec: ViceDeploymentSpec): readonly Fault[] {
  const located = manifestsIn(spec);
  const faults: Fault[] = [];
  if (spec.ingress !== undefined && spec.http_route !== undefined)
    faults.push({ path: 'http_route', message: 'excludes ingress: one of them is sent' });
  if (spec.ingress === undefined && spec.http_route === undefined) faults.push({ path: 'ingress', message: 'or http_route is required' });
  if (located.length > MOST_OBJECTS) faults.push({ path: '', message: `has ${located.length} objects, at most ${MOST_OBJECTS} are allowed` });
  const seen = new Set<string>();
  for (const { path, manifest } of located) {
    const name = `${manifest.kind}/${manifest.metadata.name}`;
    if (seen.has(name)) faults.push({ path: `${path}.metadata.name`, message: `is there twice: ${name}` });
    seen.add(name);
  }
  return faults;
}
