import type { Container, VolumeMount } from 'kubernetes-types/core/v1';
import { uidOf } from '../body/container-of.ts';
import { pathsToCopy } from '../body/data-inputs.ts';
import { outputDirectory } from '../body/output-directory.ts';
import { EXCLUDES_FILE, PATH_LIST_FILE } from '../manifests/config-maps.ts';
import type { Parts } from '../parts.ts';
import { imageOf } from './image.ts';
import { literal } from './literal.ts';
import { firstTransferSecurity, transferSecurity } from './security.ts';
import { DATA_STORE_PATH, EXCLUDES_VOLUME, PATH_LIST_VOLUME, TRANSFERS_SECRET } from './volumes.ts';

/** Without the CSI driver no tool may listen on it: all containers of a pod share their ports. */
export const TRANSFERS_PORT = 60_001;
export const TRANSFERS_PORT_NAME = 'tcp-input';

/** Where the image has had the program since June 2025; before, it was `/vice-file-transfers`. */
const PROGRAM = '/bin/vice-file-transfers';
export const EXCLUDES_PATH = '/excludes';
export const PATH_LIST_PATH = '/input-paths';
export const CREDENTIALS_PATH = '/etc/porklock';
export const FILES_PATH = '/input-files';
export const WORKING_DIR_PATH = '/working-dir';

/** With the CSI driver: makes the links in the working directory that lead to the mounted data store. */
export function workingDirInitContainer({ analysis, profile, names }: Parts): Container {
  return {
    name: 'working-dir-init',
    image: imageOf(profile, profile.transfersImage, profile.transfersTag),
    imagePullPolicy: 'Always',
    command: ['init_working_dir.sh', DATA_STORE_PATH, `${DATA_STORE_PATH}/${profile.irodsZone}`],
    workingDir: WORKING_DIR_PATH,
    securityContext: transferSecurity(uidOf(analysis)),
    volumeMounts: [{ name: names.workingDirVolume, mountPath: WORKING_DIR_PATH }],
  };
}

/** Without the CSI driver: copies the inputs in before the analysis starts, and ends. */
export function inputFilesInitContainer(parts: Parts): Container {
  return {
    ...transfers(parts),
    name: 'input-files-init',
    command: [...transfersCommand(parts), '--no-service'],
    securityContext: firstTransferSecurity(uidOf(parts.analysis)),
  };
}

/** Without the CSI driver: serves the transfers that the platform asks for while the analysis runs. */
export function inputFilesContainer(parts: Parts): Container {
  return { ...transfers(parts), readinessProbe: { httpGet: { path: '/', port: TRANSFERS_PORT, scheme: 'HTTP' } } };
}

function transfers(parts: Parts): Container {
  const { analysis, profile, names } = parts;
  const mounts: VolumeMount[] = [
    { name: TRANSFERS_SECRET, mountPath: CREDENTIALS_PATH, readOnly: true },
    { name: names.workingDirVolume, mountPath: FILES_PATH },
    { name: EXCLUDES_VOLUME, mountPath: EXCLUDES_PATH, readOnly: true },
  ];
  if (pathsToCopy(analysis).length > 0) mounts.push({ name: PATH_LIST_VOLUME, mountPath: PATH_LIST_PATH, readOnly: true });
  return {
    name: 'input-files',
    image: imageOf(profile, profile.transfersImage, profile.transfersTag),
    imagePullPolicy: 'Always',
    command: transfersCommand(parts),
    workingDir: PATH_LIST_PATH,
    ports: [{ name: TRANSFERS_PORT_NAME, containerPort: TRANSFERS_PORT, protocol: 'TCP' }],
    securityContext: transferSecurity(uidOf(analysis)),
    volumeMounts: mounts,
  };
}

function transfersCommand({ analysis }: Parts): string[] {
  const metadata = (analysis['file-metadata'] ?? []).flatMap(({ attr = '', value = '', unit = '' }) => ['-m', literal(`${attr},${value},${unit}`)]);
  return [
    PROGRAM,
    ...['--listen-port', String(TRANSFERS_PORT)],
    ...['--user', literal(analysis.username)],
    ...['--excludes-file', `${EXCLUDES_PATH}/${EXCLUDES_FILE}`],
    ...['--path-list-file', `${PATH_LIST_PATH}/${PATH_LIST_FILE}`],
    ...['--upload-destination', literal(outputDirectory(analysis))],
    ...['--irods-config', `${CREDENTIALS_PATH}/irods-config.properties`],
    ...['--invocation-id', analysis.uuid],
    ...metadata,
  ];
}
