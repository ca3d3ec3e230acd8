import { createHash } from 'node:crypto';
import type { ExternalId } from '../schema/ids.ts';

/** The names of an analysis' objects, and of the volumes in its pod. Other services look objects up by them, so they are a contract. */
export interface Names {
  /** Deployment, Ingress or HTTPRoute, and PodDisruptionBudget. */
  readonly analysis: string;
  readonly service: string;
  readonly excludes: string;
  readonly pathList: string;
  readonly workingDir: string;
  readonly dataVolume: string;
  readonly dataVolumeHandle: string;
  readonly dataClaim: string;
  /** The working directory as a volume of the pod: its claim's name. */
  readonly workingDirVolume: string;
  /** The data store as a volume of the pod: its claim's name. */
  readonly dataClaimVolume: string;
  /** The label on the data store's volume: its name. */
  readonly dataVolumeLabel: string;
}

/** What labels' values and volumes of a pod can be called; objects may have 253 characters. */
const MOST_CHARACTERS = 63;

export function namesOf(id: ExternalId): Names {
  const workingDir = `working-dir-${id}`;
  const dataVolume = `csi-data-volume-${id}`;
  const dataClaim = `csi-data-volume-claim-${id}`;
  return {
    analysis: id,
    service: `vice-${id}`,
    excludes: `excludes-file-${id}`,
    pathList: `input-path-list-${id}`,
    workingDir,
    dataVolume,
    dataVolumeHandle: `csi-data-volume-handle-${id}`,
    dataClaim,
    workingDirVolume: shorten(workingDir),
    dataClaimVolume: shorten(dataClaim),
    dataVolumeLabel: shorten(dataVolume),
  };
}

/**
 * A name that fits: as it is, or its beginning and eight hexadecimal digits of its SHA-256. With a UUID nothing is shortened; the longest ids that a
 * Service's name has room for are too long for some of the other places.
 */
function shorten(name: string): string {
  if (name.length <= MOST_CHARACTERS) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, MOST_CHARACTERS - 9)}-${digest}`;
}
