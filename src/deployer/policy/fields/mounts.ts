import { CREDENTIALS_PATH, EXCLUDES_PATH, FILES_PATH, PATH_LIST_PATH, WORKING_DIR_PATH } from '../../../spec-builder/pod/transfer-containers.ts';
import { type Also, fields, list, type Shape, shown, value } from '../shape.ts';
import { exactly, flag, PATH, text } from '../values.ts';

/** Only whole volumes: a part is chosen by a path, and a link in the volume leads it elsewhere. */
function mounts(mountPath: Shape, also: Also): Shape {
  const name = value({
    rule: 'container.mounts',
    allows: 'a volume of the pod',
    is: (candidate, { podVolumes }) => podVolumes.has(candidate),
    here: ({ podVolumes }) => [...podVolumes.keys()].join(', '),
  });
  const readOnly = flag('container.mounts');
  const mount = fields({ rule: 'container.mounts', fields: { name, mountPath, readOnly }, required: ['name', 'mountPath'], also });
  return list('container.mounts', mount, { most: ({ policy }) => policy.limits.volumes });
}

const noSecret: Also = ({ name }, visit) => {
  if (visit.given.podVolumes.get(name) === true) visit.refuse('container.secret-mount', 'is a Secret', 'the file transfers alone have it');
};

/** Wherever the tool wants them. */
export const analysisMounts = mounts(text('container.mounts', 'an absolute path without ":"', PATH), noSecret);

export const workingDirMounts = mounts(exactly('container.mounts', WORKING_DIR_PATH), noSecret);

/** Only where the program expects them: with a volume over the program, another one would run beside the credentials. */
export const transfersMounts = mounts(
  exactly('container.mounts', CREDENTIALS_PATH, FILES_PATH, EXCLUDES_PATH, PATH_LIST_PATH),
  ({ name, mountPath, readOnly }, visit) => {
    const isSecret = visit.given.podVolumes.get(name) === true;
    if (isSecret !== (mountPath === CREDENTIALS_PATH)) {
      visit.refuse('container.secret-mount', `is ${shown(mountPath)}`, `${CREDENTIALS_PATH} for the Secret, and for nothing else`, 'mountPath');
    }
    if (isSecret && readOnly !== true) visit.refuse('container.secret-mount', `is ${shown(readOnly)}`, 'true', 'readOnly');
  },
);
