import type { Analysis } from '../../schema/analysis.ts';
import type { ConfigMapManifest } from '../../schema/manifest.ts';
import { dataInputs, pathsToCopy } from '../body/data-inputs.ts';
import { isBlank, withSlash } from '../body/paths.ts';
import type { Parts } from '../parts.ts';

/** Keys of the two files, which are also what the files are called where they are mounted. */
export const EXCLUDES_FILE = 'excludes-file';
export const PATH_LIST_FILE = 'input-path-list';

/** The directory of the tool's own logs. */
const LOGS = 'logs';

/** What is not saved with the outputs, and what is copied in beforehand. Both always exist; with the CSI driver no pod mounts the first part's. */
export function configMaps({ analysis, names, labels, profile }: Parts): ConfigMapManifest[] {
  const configMap = (name: string, file: string, lines: readonly string[]): ConfigMapManifest => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels },
    data: { [file]: lines.map((line) => `${line}\n`).join('') },
  });
  return [
    configMap(names.excludes, EXCLUDES_FILE, excludes(analysis)),
    configMap(names.pathList, PATH_LIST_FILE, [profile.pathListIdentifier, ...pathsToCopy(analysis)]),
  ];
}

/** Paths that are not saved: inputs and outputs that are not to be kept, what the platform filters, and the logs unless they are wanted. */
function excludes(analysis: Analysis): string[] {
  const inputs = dataInputs(analysis)
    .filter(({ isRetained }) => !isRetained)
    .map(({ localName }) => localName);
  const outputs = analysis.steps
    .flatMap((step) => step.config?.output ?? [])
    .filter(({ retain }) => retain !== true)
    .map(({ name = '', multiplicity }) => (multiplicity === 'collection' && !isBlank(name) ? collection(name) : name));
  const logs = analysis.archive_logs === true ? [] : [LOGS];
  return [...inputs, ...outputs, ...(analysis.filter_files ?? []), ...logs].filter((path) => !isBlank(path));
}

/** An output collection is meant from the directory that tools outside of VICE work in. */
function collection(name: string): string {
  return withSlash(name.startsWith('/') ? name : `/de-app-work/${name}`);
}
