import { expect, test } from 'bun:test';
import { analysisWith } from '../../test/support/launch-bodies.ts';
import { namesOf } from './names.ts';

const names = (uuid: string) => namesOf(analysisWith({ top: { uuid } }).uuid);

test('with a UUID, names are those that other services look for', () => {
  const id = '5f0c1f7e-3b0a-4c55-9d53-6f3f3c4b2a10';
  expect(names(id)).toEqual({
    analysis: id,
    service: `vice-${id}`,
    excludes: `excludes-file-${id}`,
    pathList: `input-path-list-${id}`,
    workingDir: `working-dir-${id}`,
    dataVolume: `csi-data-volume-${id}`,
    dataVolumeHandle: `csi-data-volume-handle-${id}`,
    dataClaim: `csi-data-volume-claim-${id}`,
    workingDirVolume: `working-dir-${id}`,
    dataClaimVolume: `csi-data-volume-claim-${id}`,
    dataVolumeLabel: `csi-data-volume-${id}`,
  });
});

test('with the longest id, volumes of the pod and labels are shortened, each to a name of its own', () => {
  const one = names('x'.repeat(58));
  const other = names(`${'x'.repeat(57)}y`);
  for (const name of ['workingDirVolume', 'dataClaimVolume', 'dataVolumeLabel'] as const) {
    expect(one[name]).toHaveLength(63);
    expect(one[name]).not.toBe(other[name]);
    expect(one[name]).toBe(names('x'.repeat(58))[name]);
  }
  expect(one.service).toHaveLength(63);
  expect(one.dataClaim).toBe(`csi-data-volume-claim-${'x'.repeat(58)}`);
});
