import type { Container, EnvVar, VolumeMount } from 'kubernetes-types/core/v1';
import type { StepParam } from '../../schema/step.ts';
import { analysisResources } from '../body/amounts.ts';
import { appPortOf, containerOf, stepOf, uidOf, workingDirectoryOf } from '../body/container-of.ts';
import { sharedMemoryOf } from '../body/shared-memory.ts';
import type { Parts } from '../parts.ts';
import { imageOf } from './image.ts';
import { literal } from './literal.ts';
import { asUser } from './security.ts';
import { DATA_STORE_PATH, SHARED_MEMORY_PATH, SHARED_MEMORY_VOLUME } from './volumes.ts';

/** Variables that the platform sets. Whatever the tool sets under these names is dropped; see `noticesOf`. */
export const OWN_VARIABLES = ['REDIRECT_URL', 'IPLANT_USER', 'IPLANT_EXECUTION_ID'] as const;

/** The container that the user came for. */
export function analysisContainer(parts: Parts): Container {
  const { analysis, profile } = parts;
  const { image, entrypoint, working_directory, ports } = containerOf(analysis);
  const params = args(stepOf(analysis).config?.params ?? []);
  return {
    name: 'analysis',
    image: imageOf(profile, image.name, image.tag),
    imagePullPolicy: 'Always',
    ...(entrypoint && { command: [entrypoint] }),
    ...(params.length > 0 && { args: params }),
    ...(working_directory && { workingDir: working_directory }),
    env: environment(parts),
    ports: [...new Set(ports.map((port) => port.container_port))].map((port, index) => ({
      name: `tcp-a-${index}`,
      containerPort: port,
      protocol: 'TCP',
    })),
    readinessProbe: {
      httpGet: { path: '/', port: appPortOf(analysis), scheme: 'HTTP' },
      timeoutSeconds: 30,
      periodSeconds: 31,
      successThreshold: 1,
      failureThreshold: 10,
    },
    resources: analysisResources(containerOf(analysis), profile),
    securityContext: asUser(uidOf(analysis)),
    volumeMounts: mounts(parts),
  };
}

/** In their order; each is its name, then its value, less what is blank. */
function args(params: readonly StepParam[]): string[] {
  return params
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .flatMap(({ name = '', value = '' }) => [name.trim(), value.trim()])
    .filter((text) => text !== '');
}

/** The tool's variables by name, then the platform's own, which no tool can set. */
function environment({ analysis, url }: Parts): EnvVar[] {
  const own: Readonly<Record<(typeof OWN_VARIABLES)[number], string>> = {
    REDIRECT_URL: url,
    IPLANT_USER: analysis.username,
    IPLANT_EXECUTION_ID: analysis.uuid,
  };
  const ofTool = Object.entries(stepOf(analysis).environment ?? {})
    .filter(([name]) => !Object.hasOwn(own, name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [...ofTool.map(([name, value]) => variable(name, value)), ...Object.entries(own).map(([name, value]) => variable(name, literal(value)))];
}

/** An empty value is left out, as kube-apiserver does it: what is read back is what was sent. */
function variable(name: string, value: string): EnvVar {
  return { name, ...(value !== '' && { value }) };
}

function mounts({ analysis, profile, names }: Parts): VolumeMount[] {
  const container = containerOf(analysis);
  return [
    { name: names.workingDirVolume, mountPath: workingDirectoryOf(container) },
    ...(profile.useCsiDriver ? [{ name: names.dataClaimVolume, mountPath: DATA_STORE_PATH }] : []),
    ...(sharedMemoryOf(container) === undefined ? [] : [{ name: SHARED_MEMORY_VOLUME, mountPath: SHARED_MEMORY_PATH }]),
  ];
}
