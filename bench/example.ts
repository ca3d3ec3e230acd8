import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ViceDeploymentSpec } from '../src/schema/deployment-spec.ts';
import { subdomainOf } from '../src/spec-builder/subdomain.ts';

/** The case of `test/golden/` that is launched: an analysis with inputs, in CSI mode, ten objects with the anchor. */
const folder = join(import.meta.dir, '..', 'test', 'golden', 'example');

const body = readFileSync(join(folder, 'analysis.json'), 'utf8');
const spec = readFileSync(join(folder, 'spec.json'), 'utf8');
const example: ViceDeploymentSpec = JSON.parse(spec); // compared with the builder's by the golden tests

/** A user of the benchmark. Each launch comes from another one, as on a platform that many people use at once. */
export interface User {
  readonly user_id: string;
  readonly username: string;
}

export function userOf(number: number): User {
  return { user_id: `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`, username: `bench${number}` };
}

/** The body of `POST /vice/launch` for a new analysis. */
export function launchBody(externalId: string, user: User): string {
  return JSON.stringify({ ...JSON.parse(body), uuid: externalId, ...user });
}

/** The deployment spec of a new analysis, for the floor and for a deployer alone. Its host name is its own too. */
export function specOf(externalId: string): ViceDeploymentSpec {
  const subdomain = subdomainOf(example.metadata.user_id, externalId);
  const renamed = spec.replaceAll(example.metadata.external_id, externalId);
  return JSON.parse(renamed.replaceAll(example.metadata.subdomain ?? subdomain, subdomain)); // the example, renamed
}
