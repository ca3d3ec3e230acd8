import { describe, expect, test } from 'bun:test';
import { type Changes, launchBody } from '../../test/support/launch-bodies.ts';
import { decodeAnalysis } from './analysis.ts';

const decode = (changes: Changes) => decodeAnalysis(launchBody(changes));
const faults = (document: unknown) => {
  const decoded = decodeAnalysis(document);
  return decoded.ok ? [] : decoded.faults.map(({ path }) => path);
};
const value = (changes: Changes) => {
  const decoded = decode(changes);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.faults));
  return decoded.value;
};
const CONTAINER = 'steps[0].component.container';

describe('what the platform sends is taken', () => {
  test('nulls and absent lists mean the same as nothing', () => {
    const nulls = { uid: null, entrypoint: null, min_cpu_cores: null, memory_limit: null, container_devices: null, gpu_models: null };
    const sent = value({ top: { filter_files: null, user_home: null, id: null }, step: { config: null, environment: null }, container: nulls });
    expect(sent).toEqual(value({}));
  });

  test('a null in a list keeps the place of the others', () => {
    const sent = value({ top: { filter_files: [null, 'a'] }, step: { config: { input: [null, { value: '/a' }] } } });
    expect(sent.filter_files).toEqual(['', 'a']);
    expect(sent.steps[0]?.config?.input).toEqual([{}, { value: '/a' }]);
    expect(faults(launchBody({ top: { steps: [null] } }))).toEqual(['steps[0].component']);
  });

  test('4.000 is a whole number', () => {
    const body = JSON.stringify(launchBody({ container: { max_gpus: 'N', max_cpu_cores: 'N' } })).replaceAll('"N"', '4.000');
    expect(faults(JSON.parse(body))).toEqual([]);
  });

  test('keys match in any letter case, the exact one first', () => {
    const sent = value({ top: { NAME: 'other', App_Name: 'RStudio', UUID: 'other' }, container: { MAX_CPU_CORES: 2, UID: 5, uid: null } });
    expect(sent).toMatchObject({ name: 'RStudio_analysis1', app_name: 'RStudio', uuid: launchBody()['uuid'] });
    expect(sent.steps[0]?.component.container).toMatchObject({ max_cpu_cores: 2, uid: 5 });
  });

  test('the names of variables keep their letter case', () => {
    expect(value({ step: { environment: { Path: 'a', PATH: 'b' } } }).steps[0]?.environment).toEqual({ Path: 'a', PATH: 'b' });
  });

  test('unknown keys are ignored, and keys of prototypes harm nobody', () => {
    const body: unknown = JSON.parse(
      JSON.stringify(launchBody({ step: { environment: { E: 'E' } } }))
        .replace('"E":"E"', '"__proto__":"p","constructor":"c","toString":"t"')
        .replace(/^\{/, '{"__proto__":{"user_home":"/evil"},"constructor":{"prototype":{"polluted":1}},"callback":[1],'),
    );
    const decoded = decodeAnalysis(body);
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.faults));
    expect(decoded.value.user_home).toBeUndefined();
    expect(Object.keys(decoded.value)).not.toContain('callback');
    expect(Object.entries(decoded.value.steps[0]?.environment ?? {})).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['toString', 't'],
    ]);
    expect('polluted' in {}).toBe(false);
  });

  test('no id, an empty id and an id that is no UUID will do', () => {
    expect(value({}).id).toBeUndefined();
    for (const id of ['', 'job-17', '7f3d2a10-ee5c-11f0-9f4e-62d47aced14b']) expect(faults(launchBody({ top: { id } }))).toEqual([]);
    expect(faults(launchBody({ top: { uuid: 'test-invocation-id', user_id: 'test-user', app_id: 'An_App.1' } }))).toEqual([]);
  });

  test('dates are RFC 3339; the submission date is text of the platform', () => {
    expect(
      faults(launchBody({ top: { date_started: '2026-01-21T17:03:22.5-07:00', date_completed: null, submission_date: '2026-01-21-17' } })),
    ).toEqual([]);
  });
});

describe('what is wrong is said, all of it and where', () => {
  test('an empty body, a list, a text: an object was expected', () => {
    for (const document of [undefined, null, [], 'text', 7, true]) expect(faults(document)).toEqual(['']);
  });

  test('what is missing', () => {
    expect(faults({})).toEqual(['uuid', 'user_id', 'username', 'name', 'steps']);
    expect(faults(launchBody({ top: { steps: [] } }))).toEqual(['steps']);
    expect(faults(launchBody({ top: { steps: [{}] } }))).toEqual(['steps[0].component']);
    expect(faults(launchBody({ top: { steps: [{ component: { container: {} } }] } }))).toEqual([`${CONTAINER}.image`, `${CONTAINER}.ports`]);
    expect(faults(launchBody({ container: { ports: [] } }))).toEqual([`${CONTAINER}.ports`]);
    expect(faults(launchBody({ container: { ports: [{}] } }))).toEqual([`${CONTAINER}.ports[0].container_port`]);
    expect(faults(launchBody({ container: { image: { name: '', tag: '' } } }))).toEqual([`${CONTAINER}.image.name`, `${CONTAINER}.image.tag`]);
  });

  test('text is no number, and a number is no text', () => {
    expect(faults(launchBody({ container: { max_cpu_cores: '4', memory_limit: '1024', uid: '1000', ports: [{ container_port: '80' }] } }))).toEqual([
      `${CONTAINER}.ports[0].container_port`,
      `${CONTAINER}.uid`,
      `${CONTAINER}.max_cpu_cores`,
      `${CONTAINER}.memory_limit`,
    ]);
    expect(faults(launchBody({ top: { name: 7, archive_logs: 'true' }, step: { environment: { A: 1 } } }))).toEqual([
      'name',
      'steps[0].environment.A',
      'archive_logs',
    ]);
  });

  test('what is ignored otherwise must still be of its type', () => {
    expect(faults(launchBody({ top: { notify: 'yes', exit_code: 1.5, user_groups: [1], extra: [] }, container: { cpu_shares: '1' } }))).toEqual([
      `${CONTAINER}.cpu_shares`,
      'exit_code',
      'extra',
      'notify',
      'user_groups[0]',
    ]);
  });

  test.each(['', 'yesterday', '2026-02-30T00:00:00Z', 0])('%p is no date', (date) => {
    expect(faults(launchBody({ top: { date_submitted: date, date_completed: date } }))).toEqual(['date_submitted', 'date_completed']);
  });

  test.each([
    ['min_cpu_cores', [-0.5, 1e6, Number.POSITIVE_INFINITY, true]],
    ['max_cpu_cores', [-1, 1e300]],
    ['min_memory_limit', [-1, 1.5, 1e19]],
    ['memory_limit', [-1, 0.1, 2 ** 53]],
    ['min_disk_space', [-1, 1e300]],
    ['min_gpus', [-1, 0.5, 1e6]],
    ['max_gpus', [-1, 2 ** 40]],
    ['uid', [0, -1, 1.5, 2 ** 31]],
  ])('%s is neither negative nor absurd', (key, wrong) => {
    for (const amount of wrong) expect(faults(launchBody({ container: { [key]: amount } }))).toEqual([`${CONTAINER}.${key}`]);
  });

  test.each([-1, 0, 65_536, 80.5])('%p is no port', (port) => {
    expect(faults(launchBody({ container: { ports: [{ container_port: 80 }, { container_port: port }] } }))).toEqual([
      `${CONTAINER}.ports[1].container_port`,
    ]);
  });

  test.each(['A', 'a_b', '-a', 'a-', 'a.b', '', 'x'.repeat(59), 'a\nb'])('%p names no objects', (uuid) => {
    expect(faults(launchBody({ top: { uuid } }))).toEqual(['uuid']);
  });

  test('names that make no label: blank ones', () => {
    expect(faults(launchBody({ top: { name: '', username: '  ', app_name: '\t\u00a0', app_id: 'not a label' } }))).toEqual([
      'username',
      'name',
      'app_id',
      'app_name',
    ]);
    expect(faults(launchBody({ top: { name: 'x'.repeat(256) } }))).toEqual(['name']);
  });

  test('more than one step', () => {
    const { steps } = launchBody();
    expect(faults(launchBody({ top: { steps: [steps, steps].flat() } }))).toEqual(['steps']);
  });

  test('line breaks in what becomes one line of a file', () => {
    const config = { input: [{ value: '/a\n/b' }], output: [{ name: 'a\r' }] };
    expect(faults(launchBody({ top: { filter_files: ['a\nb'] }, step: { config } }))).toEqual([
      'steps[0].config.input[0].value',
      'steps[0].config.output[0].name',
      'filter_files[0]',
    ]);
  });

  test('the character NUL and half a surrogate pair, anywhere', () => {
    const environment = { 'A\0': 'x', B: '\ud800' };
    expect(faults(launchBody({ top: { username: 'a\0', description: '\udc00' }, step: { environment } }))).toEqual([
      'username',
      'steps[0].environment',
      'steps[0].environment.B',
      'description',
    ]);
  });
});
