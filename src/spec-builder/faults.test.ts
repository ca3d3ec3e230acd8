import { describe, expect, test } from 'bun:test';
import { type Changes, launchBody, specProfile } from '../../test/support/launch-bodies.ts';
import { checkAnalysis } from './faults.ts';

const csi = specProfile();
const copying = specProfile({ use_csi_driver: false });
const CONTAINER = 'steps[0].component.container';

const faults = (document: unknown, profile = csi) => {
  const checked = checkAnalysis(document, profile);
  return checked.ok ? [] : checked.faults.map(({ path }) => path);
};
const of = (changes: Changes, profile = csi) => faults(launchBody(changes), profile);
const ofInputs = (input: readonly unknown[], profile = csi) => of({ step: { config: { input } } }, profile);
const ofContainer = (container: Readonly<Record<string, unknown>>, profile = csi) => of({ container }, profile);

describe('what no schema can say is refused before anything is built', () => {
  test('nothing of a good body', () => {
    expect(of({})).toEqual([]);
  });

  test.each(['', '/', '//', 'home/jdoe', './out'])('output collection %p', (output_dir) => {
    expect(of({ top: { output_dir } })).toEqual(['output_dir']);
    expect(of({ top: { output_dir } }, copying)).toEqual(['output_dir']);
  });

  test('an output collection that would be made from a base that is none', () => {
    expect(of({ top: { output_dir: null, irods_base: 'home' } })).toEqual(['output_dir']);
    expect(of({ top: { output_dir: null, irods_base: '/cyverse/home' } })).toEqual([]);
  });

  test('inputs of one name, which would be mounted at one path', () => {
    const input = [
      { type: 'FileInput', value: '/a/genes.csv' },
      { type: 'FolderInput', multiplicity: 'collection', value: '/b/genes.csv/' },
      { type: 'FileInput', value: '/c/other.csv' },
      { type: 'FileInput', value: '/d/genes.csv' },
    ];
    expect(ofInputs(input)).toEqual(['steps[0].config.input[1].value', 'steps[0].config.input[3].value']);
    expect(ofInputs(input, copying)).toEqual([]);
  });

  test('inputs of an unknown type, unless they are blank', () => {
    const input = [{ type: 'Url', value: '/a' }, { value: '/b' }, { type: 'constructor', value: '/c' }, { type: 'Url', value: '' }];
    expect(ofInputs(input)).toEqual(['steps[0].config.input[0].type', 'steps[0].config.input[1].type', 'steps[0].config.input[2].type']);
    expect(ofInputs(input, copying)).toEqual([]);
  });

  test('any number of blank collections', () => {
    const blank = { type: 'FolderInput', multiplicity: 'collection', value: '' };
    expect(ofInputs([blank, blank, { ...blank, value: '/' }, { ...blank, value: ' ' }])).toEqual([]);
  });

  test('inputs that end in a dot or two', () => {
    expect(ofInputs([{ type: 'FolderInput', value: '/a/..' }])).toEqual(['steps[0].config.input[0].value']);
  });

  test('ports that the platform listens on itself', () => {
    const ports = [{ container_port: 8888 }, { container_port: 60_001 }, { container_port: 60_002 }];
    expect(ofContainer({ ports })).toEqual([`${CONTAINER}.ports[2].container_port`]);
    expect(ofContainer({ ports }, copying)).toEqual([`${CONTAINER}.ports[1].container_port`, `${CONTAINER}.ports[2].container_port`]);
  });

  test.each(['/data-store', '/data-store/', '//data-store', '/x/../data-store/.'])(
    '%p as the working directory, where the data store is',
    (directory) => {
      expect(ofContainer({ working_directory: directory })).toEqual([`${CONTAINER}.working_directory`]);
      expect(ofContainer({ working_directory: directory }, copying)).toEqual([]);
    },
  );

  test.each(['/', 'home', './home', '/a:b'])('%p as the working directory', (directory) => {
    expect(ofContainer({ working_directory: directory }, copying)).toEqual([`${CONTAINER}.working_directory`]);
  });

  test('a working directory where shared memory is', () => {
    const container = { working_directory: '/dev/shm', container_devices: [{ host_path: '/dev/shm', container_path: '1Gi' }] };
    expect(ofContainer(container)).toEqual([`${CONTAINER}.working_directory`]);
    expect(ofContainer({ ...container, container_devices: [] })).toEqual([]);
  });

  test.each(['-1Gi', '1e30', '9Ei'])('%p of shared memory', (container_path) => {
    expect(ofContainer({ container_devices: [{ host_path: '/dev/shm', container_path }] })).toEqual([
      `${CONTAINER}.container_devices[0].container_path`,
    ]);
  });

  test.each(['', 'A=B', 'Ä', 'A\tB', 'A\n'])('a variable called %p', (name) => {
    expect(of({ step: { environment: { [name]: 'x', good: 'y' } } })).toEqual(['steps[0].environment']);
  });

  test('models of GPUs that no node can have, where GPUs are asked for', () => {
    expect(ofContainer({ max_gpus: 1, gpu_models: ['NVIDIA-A16', '', 'two words'] })).toEqual([`${CONTAINER}.gpu_models[2]`]);
    expect(ofContainer({ max_gpus: 0, gpu_models: ['two words'] })).toEqual([]);
  });
});

describe('all faults are told at once', () => {
  test('those of shape and those of meaning, each field once', () => {
    const body = launchBody({
      top: { uuid: 'NO', name: ' ', output_dir: 'relative', date_started: '', app_id: '?' },
      step: {
        environment: { 'A=B': 'x' },
        config: {
          input: [
            { type: 'Url', value: '/a/x' },
            { type: 'FileInput', value: '/b/x', retain: 'no' },
          ],
        },
      },
      container: {
        image: { name: 'x', tag: '' },
        max_cpu_cores: '4',
        memory_limit: -1,
        uid: 0,
        ports: [{ container_port: 60_002 }, { container_port: 0 }],
        working_directory: '/data-store',
      },
    });
    expect(faults(body).toSorted()).toEqual(
      [
        'uuid',
        'name',
        'app_id',
        'output_dir',
        'date_started',
        'steps[0].environment',
        'steps[0].config.input[0].type',
        'steps[0].config.input[1].value',
        'steps[0].config.input[1].retain',
        `${CONTAINER}.image.tag`,
        `${CONTAINER}.max_cpu_cores`,
        `${CONTAINER}.memory_limit`,
        `${CONTAINER}.uid`,
        `${CONTAINER}.ports[0].container_port`,
        `${CONTAINER}.ports[1].container_port`,
        `${CONTAINER}.working_directory`,
      ].toSorted(),
    );
  });

  test('a field with a wrong type is told once', () => {
    expect(of({ top: { output_dir: 7 } })).toEqual(['output_dir']);
    expect(of({ step: { environment: { A: 1 } } })).toEqual(['steps[0].environment.A']);
  });

  test('rules look past any nonsense', () => {
    for (const nonsense of [
      null,
      7,
      'x',
      [],
      {},
      [null],
      [[]],
      [{}],
      [{ component: 1 }],
      [{ component: { container: { ports: {}, working_directory: [] } } }],
    ]) {
      expect(faults({ ...launchBody(), steps: nonsense })[0]).toStartWith('steps');
    }
    expect(faults(launchBody({ step: { config: { input: [7, { value: {} }, null] }, environment: [] } }))).toEqual([
      'steps[0].config.input[0]',
      'steps[0].config.input[1].value',
      'steps[0].environment',
    ]);
  });

  test('nothing more of a body that is no object', () => {
    for (const document of [undefined, null, [], 'x']) expect(faults(document)).toEqual(['']);
  });
});

test('of a body with thousands of faults a hundred are told', () => {
  const environment = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`\n${index}`, 'x']));
  expect(faults(launchBody({ step: { environment } }))).toHaveLength(100);
});
