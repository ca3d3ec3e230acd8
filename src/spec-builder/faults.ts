import { type Analysis, readAnalysis } from '../schema/analysis.ts';
import type { Checked, Fault } from '../schema/check.ts';
import type { Container } from '../schema/container.ts';
import type { Draft } from '../schema/fit.ts';
import { isLabelValue } from '../schema/text.ts';
import { gpusOf } from './body/amounts.ts';
import { workingDirectoryOf } from './body/container-of.ts';
import { dataInputs } from './body/data-inputs.ts';
import { isCollection, outputDirectory } from './body/output-directory.ts';
import { isBlank, join } from './body/paths.ts';
import { sharedMemories, sharedMemoryOf } from './body/shared-memory.ts';
import { inputPath, resourceTypeOf } from './manifests/path-mappings.ts';
import { PROXY_PORT } from './pod/proxy-container.ts';
import { TRANSFERS_PORT } from './pod/transfer-containers.ts';
import { DATA_STORE_PATH, SHARED_MEMORY_PATH } from './pod/volumes.ts';
import type { SpecProfile } from './settings.ts';

/** A rule that no schema can say. It looks at what is there and well-formed, so it also works on documents with other faults. */
type Rule = (analysis: Draft<Analysis>, profile: SpecProfile) => Fault[];

const CONTAINER = 'steps[0].component.container';

/** More faults than this help nobody, and each costs an answer and a line of the log. */
const MOST_FAULTS = 100;

/** Kubernetes keeps amounts in 64 bits. */
const MOST_BYTES = 2n ** 63n - 1n;

/**
 * A launch body as an analysis that can run on a cluster with this profile, or everything that is wrong with it at once: its shape and its meaning.
 * Pass undefined for an empty body.
 */
export function checkAnalysis(document: unknown, profile: SpecProfile): Checked<Analysis> {
  const { draft, faults: ofShape } = readAnalysis(document);
  const told = new Set(ofShape.map(({ path }) => path));
  const faults = [...ofShape, ...apply(draft, profile).filter(({ path }) => !told.has(path) && !told.has(''))];
  if (faults.length > 0) return { ok: false, faults: faults.slice(0, MOST_FAULTS) };
  // A draft of a document without a fault lacks nothing that the schema asks for.
  return { ok: true, value: draft as Analysis };
}

/** Everything that keeps a well-formed analysis from running on a cluster with this profile; nothing if it can. */
export function findFaults(analysis: Analysis, profile: SpecProfile): Fault[] {
  return apply(analysis, profile);
}

function apply(analysis: Draft<Analysis>, profile: SpecProfile): Fault[] {
  return RULES.flatMap((rule) => rule(analysis, profile));
}

const outputDirectoryRule: Rule = (analysis) =>
  isCollection(outputDirectory(analysis))
    ? []
    : [{ path: 'output_dir', message: 'must be the absolute path of a collection of the data store, below its root' }];

/** Kubernetes takes every printable ASCII character but `=`: its function `IsRelaxedEnvVarName`. */
const environmentRule: Rule = (analysis) =>
  Object.keys(analysis.steps?.[0]?.environment ?? {})
    .filter((name) => !/^[ -<>-~]+$/.test(name))
    .map((name) => ({
      path: 'steps[0].environment',
      message: `has the name ${JSON.stringify(name)}, which is none for a variable: printable ASCII characters without "="`,
    }));

const portsRule: Rule = (analysis, profile) => {
  const taken = profile.useCsiDriver ? [PROXY_PORT] : [PROXY_PORT, TRANSFERS_PORT];
  return (containerOf(analysis).ports ?? []).flatMap((port, index) =>
    taken.includes(port?.container_port ?? 0)
      ? [{ path: `${CONTAINER}.ports[${index}].container_port`, message: `must not be ${port?.container_port}, which the platform uses itself` }]
      : [],
  );
};

/** Two volumes at one path, or one that hides the whole image. */
const workingDirectoryRule: Rule = (analysis, profile) => {
  const container = containerOf(analysis);
  const path = `${CONTAINER}.working_directory`;
  const directory = workingDirectoryOf(container);
  if (!directory.startsWith('/') || directory.includes(':')) return [{ path, message: 'must be an absolute path without ":"' }];
  const taken = ['/', ...(profile.useCsiDriver ? [DATA_STORE_PATH] : []), ...(sharedMemoryOf(container) === undefined ? [] : [SHARED_MEMORY_PATH])];
  const bare = join(directory);
  return taken.includes(bare) ? [{ path, message: `must not be ${bare}, where something else is` }] : [];
};

const sharedMemoryRule: Rule = (analysis) =>
  sharedMemories(containerOf(analysis)).flatMap(({ index, size }) =>
    size !== undefined && (size.nano < 0n || size.nano > MOST_BYTES * 1_000_000_000n)
      ? [{ path: `${CONTAINER}.container_devices[${index}].container_path`, message: 'must be an amount of memory from 0 to 8Ei' }]
      : [],
  );

const gpuModelsRule: Rule = (analysis) => {
  const container = containerOf(analysis);
  if (gpusOf(container) === 0) return [];
  return (container.gpu_models ?? []).flatMap((model, index) =>
    model === undefined || isBlank(model) || isLabelValue(model)
      ? []
      : [{ path: `${CONTAINER}.gpu_models[${index}]`, message: 'must be the value of a node label, such as NVIDIA-A16' }],
  );
};

/** The driver mounts inputs by type, each below its own name; files that are copied need neither. */
const inputsRule: Rule = (analysis, profile) => {
  if (!profile.useCsiDriver) return [];
  const takenBy = new Map<string, string>();
  return dataInputs(analysis).flatMap((input) => {
    const faults: Fault[] = [];
    if (resourceTypeOf(input) === undefined) {
      faults.push({ path: `${input.at}.type`, message: 'must be FileInput, MultiFileSelector or FolderInput' });
    }
    if (input.basename === '.' || input.basename === '..') faults.push({ path: `${input.at}.value`, message: 'must not end in "." or ".."' });
    const other = takenBy.get(inputPath(input));
    if (other === undefined) takenBy.set(inputPath(input), input.at);
    else faults.push({ path: `${input.at}.value`, message: `must not have the same last part as ${other}: both would be ${inputPath(input)}` });
    return faults;
  });
};

const RULES: readonly Rule[] = [outputDirectoryRule, environmentRule, portsRule, workingDirectoryRule, sharedMemoryRule, gpuModelsRule, inputsRule];

function containerOf(analysis: Draft<Analysis>): Draft<Container> {
  return analysis.steps?.[0]?.component?.container ?? {};
}
