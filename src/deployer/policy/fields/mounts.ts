import { CREDENTIALS_PATH, EXCLUDES_PATH, FILES_PATH, PATH_LIST_PATH, WORKING_DIR_PATH } from '../../../spec-builder/pod/transfer-containers.ts';
import { type Also, fields, list, type Shape, shown, value } from '../shape.ts';
import { flag, PATH, text } from '../values.ts';

/** Only whole volumes: a part is chosen by a path, and a link in the volume leads it elsewhere. */
function mounts(also: Also): Shape {
  const mount = fields({
    rule: 'container.mounts',
    fields: {
      name: value({
        rule: 'container.mounts',
        allows: 'a volume of the pod',
        is: (name, { podVolumes }) => podVolumes.has(name),
        here: ({ podVolumes }) => [...podVolumes.keys()].join(', '),
      }),
      mountPath: text('container.mounts', 'an absolute path without ":"', PATH),
      readOnly: flag('container.mounts'),
    },
    required: ['name', 'mountPath'],
    also,
  });
  return list('container.mounts', mount, { most: ({ policy }) => policy.limits.volumes });
}

/** Wherever the tool wants them. */
export const analysisMounts = mounts(({ name }, visit) => {
  if (visit.given.podVolumes.get(name) === true) visit.refuse('container.secret-mount', 'is a Secret', 'the file transfers alone have it');
});

/** One volume over the program, and another program would run beside the credentials. */
export const transfersMounts = mounts(({ name, mountPath, readOnly }, visit) => {
  if (visit.given.podVolumes.get(name) === true) {
    if (mountPath !== CREDENTIALS_PATH) visit.refuse('container.secret-mount', `is ${shown(mountPath)}`, CREDENTIALS_PATH, 'mountPath');
    if (readOnly !== true) visit.refuse('container.secret-mount', `is ${shown(readOnly)}`, 'true', 'readOnly');
  } else refuseElsewhere(mountPath, [FILES_PATH, EXCLUDES_PATH, PATH_LIST_PATH], visit);
});

export const workingDirMounts = mounts(({ name, mountPath }, visit) => {
  if (visit.given.podVolumes.get(name) === true) visit.refuse('container.secret-mount', 'is a Secret', 'the file transfers alone have it');
  refuseElsewhere(mountPath, [WORKING_DIR_PATH], visit);
});

function refuseElsewhere(mountPath: unknown, places: readonly string[], visit: Parameters<Also>[1]): void {
  if (!places.includes(String(mountPath))) visit.refuse('container.mounts', `is ${shown(mountPath)}`, places.join(' or '), 'mountPath');
}
