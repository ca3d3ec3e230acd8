import { describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { launchBody } from '../../test/support/launch-bodies.ts';

const ROOT = join(import.meta.dir, '../..');
const GOLDEN = join(ROOT, 'test/golden');
const CONFIG = ['--config', join(GOLDEN, 'config.yaml')];

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a process of its own, with nothing of this one's environment. */
async function vice(args: readonly string[], stdin: string | Uint8Array<ArrayBuffer> = ''): Promise<Ended> {
  const child = Bun.spawn([process.execPath, join(ROOT, 'src/main.ts'), 'spec', ...args], {
    env: {},
    stdin: new Blob([stdin]),
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 20_000,
  });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, stdout, stderr };
}

describe('vice spec', () => {
  test('prints the golden spec of the example, byte for byte, and nothing else', async () => {
    const ended = await vice([`${GOLDEN}/example/analysis.json`, ...CONFIG, '--login-ip', '10.1.2.3']);
    expect(ended).toEqual({ code: 0, stdout: await Bun.file(`${GOLDEN}/example/spec.json`).text(), stderr: '' });
  });

  test('reads standard input and a profile, and prints YAML that means the same', async () => {
    const body = await Bun.file(`${GOLDEN}/http-route/analysis.json`).text();
    const ended = await vice(['-', ...CONFIG, '--profile', `${GOLDEN}/http-route/profile.json`, '-o', 'yaml'], body);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(parse(ended.stdout)).toEqual(await Bun.file(`${GOLDEN}/http-route/spec.json`).json());
    expect(Object.keys(parse(ended.stdout))).toEqual([
      'metadata',
      'deployment',
      'service',
      'http_route',
      'config_maps',
      'persistent_volumes',
      'persistent_volume_claims',
      'pod_disruption_budget',
    ]);
  });

  test('prints YAML that readers of YAML 1.1 take for the same', async () => {
    const body = JSON.stringify(launchBody({ step: { environment: { A: 'yes', B: 'on', C: '012', D: '1_000', E: '12:30:45', F: '~' } } }));
    const { stdout } = await vice(['-', ...CONFIG, '-o', 'yaml'], body);
    const env = parse(stdout, { version: '1.1' }).deployment.spec.template.spec.containers[1].env;
    expect(env.slice(0, 6).map(({ value }: { value: unknown }) => value)).toEqual(['yes', 'on', '012', '1_000', '12:30:45', '~']);
  });

  test("takes the coordinator's own flags, and of the configuration needs only what a spec does", async () => {
    const flags = ['--mode=coordinator', '--port=60001', '--log-level', 'debug', '--user-suffix', '@example.org', '--namespace', 'prod'];
    const ended = await vice(['-', ...CONFIG, ...flags, '--ingress-class=haproxy'], JSON.stringify(launchBody()));
    expect(ended.stderr).toBe('');
    expect(JSON.parse(ended.stdout).ingress.spec.ingressClassName).toBe('haproxy');
  });

  test('needs one key of the configuration, the zone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vice-spec-'));
    try {
      await Bun.write(join(folder, 'least.yaml'), 'irods: { zone: cyverse }\n');
      const ended = await vice(['-', '--config', join(folder, 'least.yaml')], JSON.stringify(launchBody()));
      expect(ended).toMatchObject({ code: 0, stderr: '' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('says on standard error what the analysis will not get', async () => {
    const image = { name: 'x', tag: '1', auth: 'c2VjcmV0' };
    const ended = await vice(['-', ...CONFIG], JSON.stringify(launchBody({ container: { image } })));
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('image.auth is not used') });
    expect(`${ended.stdout}${ended.stderr}`).not.toContain('c2VjcmV0');
  });
});

describe('vice spec ends with 1 for the document', () => {
  test('with every fault on a line of its own', async () => {
    const body = launchBody({ top: { uuid: 'NO', output_dir: 'x' }, container: { ports: [], uid: 0, max_cpu_cores: '4' } });
    const { code, stdout, stderr } = await vice(['-', ...CONFIG], JSON.stringify(body));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const lines = stderr.trimEnd().split('\n').slice(1);
    expect(lines.map((line) => line.trim().split(': ')[0] ?? '').toSorted()).toEqual([
      'output_dir',
      'steps[0].component.container.max_cpu_cores',
      'steps[0].component.container.ports',
      'steps[0].component.container.uid',
      'uuid',
    ]);
  });

  test.each([
    ['no JSON', '{"uuid":'],
    ['nothing at all', ''],
    ['a list', '[]'],
    ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)],
  ])('where it is %s', async (_, stdin) => {
    expect(await vice(['-', ...CONFIG], stdin)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^vice: ./) });
  });

  test('where it cannot be read', async () => {
    expect(await vice(['/nowhere/analysis.json', ...CONFIG])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('/nowhere') });
  });
});

describe('vice spec ends with 2 for flags, configuration and profile', () => {
  test.each([
    ['an unknown flag', ['-', ...CONFIG, '--bogus']],
    ['no document', CONFIG],
    ['an unknown output', ['-', ...CONFIG, '-o', 'xml']],
    ['a configuration that is not there', ['-', '--config', '/nowhere.yaml']],
    ['an amount that is none', ['-', ...CONFIG, '--default-cpu-resource-limit', 'lots']],
    ['a profile that is not there', ['-', ...CONFIG, '--profile', '/nowhere.json']],
    ['a profile that is none', ['-', ...CONFIG, '--profile', join(ROOT, 'package.json')]],
  ])('%s', async (_, args) => {
    expect(await vice(args, JSON.stringify(launchBody()))).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^vice: ./) });
  });
});
