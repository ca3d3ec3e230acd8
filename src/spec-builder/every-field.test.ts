import { describe, expect, test } from 'bun:test';
import type { Container as PodContainer } from 'kubernetes-types/core/v1';
import { type Changes, launchBody, specProfile } from '../../test/support/launch-bodies.ts';
import { type Analysis, decodeAnalysis } from '../schema/analysis.ts';
import type { Container } from '../schema/container.ts';
import type { ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import type { Component, Step, StepInput, StepOutput, StepParam } from '../schema/step.ts';
import { buildDeploymentSpec } from './build.ts';

/** Where a field of the launch body lands: what is sent, and each place where it is seen. A field that a schema gains does not compile until it is said here. */
type Lands = readonly [value: unknown, seen: (spec: ViceDeploymentSpec) => readonly unknown[]];
/** Checked for its type and otherwise without effect. */
const ignored = 'ignored';
/** Its own fields are below. */
const parent = 'parent';
/** Has an effect only together with others: a test of its own, at the end. */
const together = 'together';
type LandsIn<T> = { readonly [K in keyof Required<T>]: Lands | typeof ignored | typeof parent | typeof together };

const analysisLandsIn: LandsIn<Analysis> = {
  uuid: ['other', (spec) => [spec.metadata.external_id, spec.service.metadata.name]],
  user_id: ['other', (spec) => [spec.metadata.user_id, label(spec, 'user-id'), spec.metadata.subdomain]],
  username: ['other', (spec) => [spec.metadata.username, label(spec, 'username'), volumeAttributes(spec)['clientUser']]],
  name: ['other', (spec) => [spec.metadata.analysis_name, label(spec, 'analysis-name')]],
  id: ['7f3d2a10', (spec) => [spec.metadata.analysis_id]],
  app_id: ['34f2c392', (spec) => [spec.metadata.app_id, label(spec, 'app-id')]],
  app_name: ['Shiny', (spec) => [spec.metadata.app_name, label(spec, 'app-name')]],
  steps: parent,
  output_dir: ['/cyverse/other', (spec) => [volumeAttributes(spec)['path_mapping_json']]],
  create_output_subdir: [true, (spec) => [volumeAttributes(spec)['path_mapping_json']]],
  user_home: ['/cyverse/home/other', (spec) => [volumeAttributes(spec)['path_mapping_json']]],
  mount_data_store: [false, (spec) => [volumeAttributes(spec)['path_mapping_json']]],
  'file-metadata': [[{ attr: 'a', value: 'v', unit: 'u' }], (spec) => [transfers(spec)?.command]],
  archive_logs: [true, (spec) => [file(spec, 'excludes-file')]],
  filter_files: [['*.bam'], (spec) => [file(spec, 'excludes-file')]],
  irods_base: together,
  now_date: together,
  app_description: ignored,
  batch_id: ignored,
  condor_id: ignored,
  condor_log_path: ignored,
  config_file: ignored,
  date_submitted: ignored,
  date_started: ignored,
  date_completed: ignored,
  description: ignored,
  email: ignored,
  execution_target: ignored,
  exit_code: ignored,
  extra: ignored,
  failure_count: ignored,
  failure_threshold: ignored,
  group: ignored,
  input_path_list: ignored,
  input_ticket_list: ignored,
  nfs_base: ignored,
  notify: ignored,
  output_dir_ticket: ignored,
  output_ticket_list: ignored,
  request_type: ignored,
  'run-on-nfs': ignored,
  'skip-parent-meta': ignored,
  submission_date: ignored,
  type: ignored,
  user_groups: ignored,
  wiki_url: ignored,
};

const stepLandsIn: LandsIn<Step> = {
  component: parent,
  config: parent,
  environment: [{ THEME: 'dark' }, (spec) => [analysis(spec)?.env]],
  type: ignored,
  stdin: ignored,
  stdout: ignored,
  stderr: ignored,
  'log-file': ignored,
};

const componentLandsIn: LandsIn<Component> = {
  container: parent,
  name: ignored,
  location: ignored,
  type: ignored,
  description: ignored,
  time_limit_seconds: ignored,
  restricted: ignored,
  interactive: ignored,
};

const containerLandsIn: LandsIn<Container> = {
  image: [{ name: 'other', tag: '2' }, (spec) => [analysis(spec)?.image]],
  ports: [[{ container_port: 80 }], (spec) => [analysis(spec)?.ports, analysis(spec)?.readinessProbe, proxy(spec)?.command]],
  uid: [472, (spec) => [pod(spec)?.securityContext, analysis(spec)?.securityContext, volumeAttributes(spec)['uid']]],
  entrypoint: ['/entry.sh', (spec) => [analysis(spec)?.command]],
  working_directory: ['/home/rstudio', (spec) => [analysis(spec)?.workingDir, analysis(spec)?.volumeMounts?.[0]]],
  min_cpu_cores: [0.25, (spec) => [analysis(spec)?.resources?.requests?.['cpu']]],
  max_cpu_cores: [3.5, (spec) => [analysis(spec)?.resources?.limits?.['cpu']]],
  min_memory_limit: [1024, (spec) => [analysis(spec)?.resources?.requests?.['memory']]],
  memory_limit: [2 ** 40, (spec) => [analysis(spec)?.resources?.limits?.['memory']]],
  min_disk_space: [
    2 ** 40,
    (spec) => [analysis(spec)?.resources?.requests?.['ephemeral-storage'], spec.persistent_volume_claims[0]?.spec?.resources],
  ],
  min_gpus: [2, (spec) => [analysis(spec)?.resources, pod(spec)?.tolerations, pod(spec)?.affinity]],
  max_gpus: [2, (spec) => [analysis(spec)?.resources, pod(spec)?.tolerations, pod(spec)?.affinity]],
  gpu_models: together,
  container_devices: [[{ host_path: '/dev/shm', container_path: '1Gi' }], (spec) => [pod(spec)?.volumes, analysis(spec)?.volumeMounts]],
  interactive_apps: ignored,
  id: ignored,
  name: ignored,
  network_mode: ignored,
  cpu_shares: ignored,
  pids_limit: ignored,
  skip_tmp_mount: ignored,
  container_volumes: ignored,
  container_volumes_from: ignored,
};

const INPUT = { type: 'FileInput', value: '/a/one' };
const inputLandsIn: LandsIn<StepInput> = {
  value: ['/a/two', (spec) => [volumeAttributes(spec)['path_mapping_json'], file(spec, 'input-path-list'), file(spec, 'excludes-file')]],
  type: ['FolderInput', (spec) => [volumeAttributes(spec)['path_mapping_json']]],
  multiplicity: ['collection', (spec) => [volumeAttributes(spec)['path_mapping_json'], file(spec, 'input-path-list'), file(spec, 'excludes-file')]],
  ticket: ['abc', (spec) => [file(spec, 'input-path-list'), pod(spec)?.volumes]],
  retain: [true, (spec) => [file(spec, 'excludes-file')]],
  id: ignored,
  name: ignored,
  property: ignored,
};

const outputLandsIn: LandsIn<StepOutput> = {
  name: ['other', (spec) => [file(spec, 'excludes-file')]],
  multiplicity: ['collection', (spec) => [file(spec, 'excludes-file')]],
  retain: [true, (spec) => [file(spec, 'excludes-file')]],
  property: ignored,
  'qual-id': ignored,
  type: ignored,
};

const paramLandsIn: LandsIn<StepParam> = {
  name: ['--other', (spec) => [analysis(spec)?.args]],
  value: ['other', (spec) => [analysis(spec)?.args]],
  order: [5, (spec) => [analysis(spec)?.args]],
  id: ignored,
  type: ignored,
  path: ignored,
};

const PARAMS = [
  { name: '--a', value: '1', order: 0 },
  { name: '--b', value: '2', order: 1 },
];
const config = (part: Readonly<Record<string, unknown>>): Changes => ({
  step: { config: { input: [INPUT], output: [{ name: 'out' }], params: PARAMS, ...part } },
});

describe.each([
  ['the analysis', analysisLandsIn, (top: Readonly<Record<string, unknown>>) => ({ ...config({}), top })],
  ['the step', stepLandsIn, (step: Readonly<Record<string, unknown>>) => ({ step })],
  ['the component', componentLandsIn, () => ({})],
  ['the container', containerLandsIn, (container: Readonly<Record<string, unknown>>) => ({ container })],
  ['an input', inputLandsIn, (input: Readonly<Record<string, unknown>>) => config({ input: [{ ...INPUT, ...input }] })],
  ['an output', outputLandsIn, (output: Readonly<Record<string, unknown>>) => config({ output: [{ name: 'out', ...output }] })],
  ['a parameter', paramLandsIn, (param: Readonly<Record<string, unknown>>) => config({ params: [{ ...PARAMS[0], ...param }, PARAMS[1]] })],
] as const)('every field of %s lands where it is said to', (_, landsIn: Readonly<Record<string, Lands | string>>, changesWith) => {
  for (const [field, lands] of Object.entries(landsIn)) {
    if (typeof lands === 'string') continue;
    const [value, seen] = lands;
    test(field, () => {
      const without = both(changesWith({})).map(seen);
      const withIt = both(changesWith({ [field]: value })).map(seen);
      const isSeen = (place: number) => without.some((seen, mode) => !Bun.deepEquals(seen[place], withIt[mode]?.[place]));
      expect(without[0]?.map((_, place) => isSeen(place))).toEqual(without[0]?.map(() => true));
    });
  }
});

test('the base and the date of a generated output collection land where outputs are saved', () => {
  const top = { output_dir: null, irods_base: '/cyverse/base', now_date: 'today' };
  expect(volumeAttributes(built({ top }, true))['path_mapping_json']).toContain('"/cyverse/base/ipcdev/analyses/RStudio_analysis1-today"');
});

test('models of GPUs land in what is asked of the node, where a GPU is asked for', () => {
  const nodes = (max_gpus: number) => JSON.stringify(pod(built({ container: { max_gpus, gpu_models: ['NVIDIA-A16'] } }, true))?.affinity);
  expect(nodes(1)).toContain('{"key":"nvidia.com/gpu.product","operator":"In","values":["NVIDIA-A16"]}');
  expect(nodes(0)).not.toContain('NVIDIA-A16');
});

/** With the data store mounted, and with files copied: some fields land in one of them only. */
function both(changes: Changes): ViceDeploymentSpec[] {
  return [built(changes, true), built(changes, false)];
}

function built(changes: Changes, useCsiDriver: boolean): ViceDeploymentSpec {
  const decoded = decodeAnalysis(launchBody(changes));
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.faults));
  return buildDeploymentSpec(decoded.value, specProfile({ use_csi_driver: useCsiDriver }), '');
}

function pod(spec: ViceDeploymentSpec) {
  return spec.deployment.spec?.template.spec;
}

function container(name: string): (spec: ViceDeploymentSpec) => PodContainer | undefined {
  return (spec) => pod(spec)?.containers.find((each) => each.name === name);
}

function analysis(spec: ViceDeploymentSpec) {
  return container('analysis')(spec);
}

function proxy(spec: ViceDeploymentSpec) {
  return container('vice-proxy')(spec);
}

function transfers(spec: ViceDeploymentSpec) {
  return container('input-files')(spec);
}

function label(spec: ViceDeploymentSpec, key: string): string | undefined {
  return spec.deployment.metadata.labels[key];
}

function volumeAttributes(spec: ViceDeploymentSpec): Readonly<Record<string, string>> {
  return spec.persistent_volumes[0]?.spec?.csi?.volumeAttributes ?? {};
}

function file(spec: ViceDeploymentSpec, key: string): string | undefined {
  return spec.config_maps.map(({ data }) => data?.[key]).find((text) => text !== undefined);
}
