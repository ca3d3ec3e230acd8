import { loadSpecConfig } from '../../src/config/commands.ts';
import { type Analysis, decodeAnalysis } from '../../src/schema/analysis.ts';
import type { ClusterProfile } from '../../src/schema/cluster-profile.ts';
import { resolveProfile, type SpecProfile } from '../../src/spec-builder/settings.ts';

/** Parts of a launch body that a test says otherwise than {@link launchBody}; null leaves a key out. */
export interface Changes {
  readonly top?: Readonly<Record<string, unknown>>;
  readonly step?: Readonly<Record<string, unknown>>;
  readonly container?: Readonly<Record<string, unknown>>;
}

/** A small launch body, as plain data. */
export function launchBody({ top = {}, step = {}, container = {} }: Changes = {}): Record<string, unknown> {
  const image = { name: 'harbor.example.org/vice/rstudio', tag: '4.4' };
  return {
    uuid: '5f0c1f7e-3b0a-4c55-9d53-6f3f3c4b2a10',
    user_id: 'a1f1b2c3-0000-11e5-8000-0242ac110002',
    username: 'ipcdev',
    name: 'RStudio_analysis1',
    output_dir: '/cyverse/home/ipcdev/analyses/RStudio_analysis1',
    ...top,
    ...('steps' in top ? {} : { steps: [{ component: { container: { image, ports: [{ container_port: 8787 }], ...container } }, ...step }] }),
  };
}

/** The same, decoded. @throws when it has faults */
export function analysisWith(changes: Changes = {}): Analysis {
  const decoded = decodeAnalysis(launchBody(changes));
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.faults));
  return decoded.value;
}

/** A cluster for specs: the configuration of the golden files with further flags, and a profile. */
export function specProfile(profile: ClusterProfile = {}, flags: readonly string[] = []): SpecProfile {
  const config = loadSpecConfig(['--config', `${import.meta.dir}/../golden/config.yaml`, ...flags, '-'], {});
  return resolveProfile(config.spec, profile);
}
