import type { Analysis } from '../../schema/analysis.ts';
import { type DataInput, dataInputs } from '../body/data-inputs.ts';
import { outputDirectory } from '../body/output-directory.ts';
import type { SpecProfile } from '../settings.ts';

/** One collection or file of the data store in the mounted volume. Keys and their order are those of the iRODS CSI driver's `path_mapping_json`. */
export interface PathMapping {
  readonly irods_path: string;
  readonly mapping_path: string;
  readonly resource_type: 'file' | 'dir';
  readonly read_only: boolean;
  readonly create_dir: boolean;
  readonly ignore_not_exist_error: boolean;
}

const RESOURCE_TYPES: Readonly<Record<string, PathMapping['resource_type']>> = { fileinput: 'file', multifileselector: 'file', folderinput: 'dir' };

/** What the driver mounts an input as; absent, its type is none that we know. */
export function resourceTypeOf(input: DataInput): PathMapping['resource_type'] | undefined {
  const type = input.type.toLowerCase();
  return Object.hasOwn(RESOURCE_TYPES, type) ? RESOURCE_TYPES[type] : undefined;
}

/** Where an input appears in the volume. Two at one path cannot be. */
export function inputPath(input: DataInput): string {
  return `/input/${input.basename}`;
}

/** Inputs read-only, then outputs, the user's home and the shared collection, all of which the user may write to. */
export function pathMappings(analysis: Analysis, profile: SpecProfile): PathMapping[] {
  const collection = (irodsPath: string, mappingPath: string, createDir: boolean, ignoreMissing: boolean): PathMapping => ({
    irods_path: irodsPath,
    mapping_path: mappingPath,
    resource_type: 'dir',
    read_only: false,
    create_dir: createDir,
    ignore_not_exist_error: ignoreMissing,
  });
  const inputs = dataInputs(analysis).map(
    (input): PathMapping => ({
      irods_path: input.irodsPath,
      mapping_path: inputPath(input),
      resource_type: resourceTypeOf(input) ?? 'file',
      read_only: true,
      create_dir: false,
      ignore_not_exist_error: true,
    }),
  );
  const mappings = [...inputs, collection(outputDirectory(analysis), '/output', true, true)];
  if (analysis.mount_data_store === false) return mappings;
  const home = analysis.user_home ?? '';
  const shared = `/${profile.irodsZone}/home/shared`;
  return [...mappings, ...(home === '' ? [] : [collection(home, home, false, false)]), collection(shared, shared, false, true)];
}
