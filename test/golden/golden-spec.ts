import { loadSpecConfig } from '../../src/config/commands.ts';
import { specFrom } from '../../src/conformance/spec-template.ts';
import { decodeAnalysis } from '../../src/schema/analysis.ts';
import { check } from '../../src/schema/check.ts';
import { ClusterProfile } from '../../src/schema/cluster-profile.ts';
import type { ViceDeploymentSpec } from '../../src/schema/deployment-spec.ts';
import { buildDeploymentSpec } from '../../src/spec-builder/build.ts';
import { resolveProfile } from '../../src/spec-builder/settings.ts';

/** The spec of one golden case as it is built now, from the configuration file and flags that an operator would use. */
export async function goldenSpec(name: string): Promise<ViceDeploymentSpec> {
  const folder = `${import.meta.dir}/${name}`;
  const flags = (await readIfThere(`${folder}/flags.json`)) ?? [];
  if (!isTexts(flags)) throw new Error(`${folder}/flags.json is no list of texts`);
  const config = loadSpecConfig(['--config', `${import.meta.dir}/config.yaml`, ...flags, `${folder}/analysis.json`], {});
  const profile = check(ClusterProfile, (await readIfThere(`${folder}/profile.json`)) ?? {});
  const analysis = decodeAnalysis(await Bun.file(`${folder}/analysis.json`).json());
  if (!profile.ok || !analysis.ok) throw new Error(`${name}: ${JSON.stringify({ profile, analysis })}`);
  return buildDeploymentSpec(analysis.value, resolveProfile(config.spec, profile.value), config.loginIp);
}

/** The spec of one golden case as it was reviewed. */
export function goldenText(name: string): Promise<string> {
  return Bun.file(`${import.meta.dir}/${name}/spec.json`).text();
}

/** The same as the spec of another analysis: volumes belong to no namespace, so their names must be a test's own. */
export async function goldenSpecUnder(name: string, externalId: string): Promise<ViceDeploymentSpec> {
  return specFrom(JSON.parse(await goldenText(name)), externalId);
}

async function readIfThere(path: string): Promise<unknown> {
  const file = Bun.file(path);
  return (await file.exists()) ? file.json() : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
