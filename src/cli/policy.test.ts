import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { BUILT_IN_POLICY } from '../schema/read-policy.ts';

const ROOT = join(import.meta.dir, '../..');
const EXAMPLE = join(ROOT, 'test/golden/example/spec.json');
const NARROW = join(ROOT, 'test/hostile/policies/narrow.yaml');

let folder: string;
let hostile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vice-policy-'));
  hostile = (await Bun.file(EXAMPLE).text()).replace('"restartPolicy": "Always"', '"restartPolicy": "Always", "hostPID": true, "hostNetwork": true');
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await Bun.write(path, text);
  return path;
}

/** The command as a process of its own, with nothing of this one's environment. */
async function vice(args: readonly string[], stdin: string | Uint8Array<ArrayBuffer> = '') {
  const child = Bun.spawn([process.execPath, join(ROOT, 'src/main.ts'), 'policy', ...args], {
    env: {},
    stdin: new Blob([stdin]),
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 20_000,
  });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, stdout, stderr };
}

describe('vice policy check', () => {
  test('ends with 0 for what a deployer would apply, under a policy of the administrator too', async () => {
    const accepted = { code: 0, stdout: 'accepted: 07b04ce2-7757-4b21-9e15-0b4c2f44be26\n', stderr: '' };
    expect(await vice(['check', EXAMPLE])).toEqual(accepted);
    expect(await vice(['check', '-', '--policy', NARROW], await Bun.file(EXAMPLE).text())).toEqual(accepted);
    const config = await written('service.yml', `policy: ${NARROW}\n`);
    expect(await vice(['check', '-', '--config', config], await Bun.file(EXAMPLE).text())).toEqual(accepted);
  });

  test('ends with 1 for what a deployer would refuse, and tells all of it with path, rule and what would be allowed', async () => {
    const { code, stdout, stderr } = await vice(['check', '-'], hostile);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'refused: the policy refuses the spec: 2 violations',
      '  deployment.spec.template.spec.hostPID is true',
      '      pod.host-namespaces; allowed: `false`',
      '  deployment.spec.template.spec.hostNetwork is true',
      '      pod.host-namespaces; allowed: `false`',
      '',
    ]);
  });

  test('tells a program the same in the words of the answer that a deployer gives', async () => {
    const { code, stdout } = await vice(['check', '-', '-o', 'json'], hostile);
    expect(code).toBe(1);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ accepted: false, external_id: '07b04ce2-7757-4b21-9e15-0b4c2f44be26', code: 'spec_refused' });
    expect(document.faults[0]).toEqual({
      path: 'deployment.spec.template.spec.hostPID',
      message: 'is true',
      rule: 'pod.host-namespaces',
      allowed: '`false`',
    });
    expect(parse((await vice(['check', '-', '-o', 'yaml'], hostile)).stdout)).toEqual(document);
  });

  test.each([
    ['no JSON', '{"metadata":'],
    ['nothing at all', ''],
    ['no deployment spec', '{}'],
    ['larger than a deployer reads', ' '.repeat(1_048_577)],
  ])('ends with 1 where the document is %s', async (_, stdin) => {
    expect(await vice(['check', '-'], stdin)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^refused: standard input ./), stderr: '' });
  });

  test('says of the body of a launch how it becomes a spec, instead of every key that is strange to it', async () => {
    const { code, stdout } = await vice(['check', join(ROOT, 'src/demo/example.json')]);
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^refused: \S+example.json is no deployment spec but the body of a launch.*vice spec FILE/),
      '',
    ]);
  });

  test('ends with 1 where there is no such document', async () => {
    const { code, stdout } = await vice(['check', '/nowhere/spec.json', '-o', 'json']);
    const detail = '/nowhere/spec.json cannot be read: there is no such file';
    expect([code, JSON.parse(stdout)]).toEqual([1, { accepted: false, code: 'invalid_document', detail }]);
  });
});

describe('vice policy show', () => {
  test('prints the built-in policy, as a file that can be given back', async () => {
    const shown = await vice(['show']);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(parse(shown.stdout)).toEqual(BUILT_IN_POLICY);
    const again = await vice(['show', '--policy', await written('shown.yaml', shown.stdout), '-o', 'json']);
    expect(JSON.parse(again.stdout)).toEqual(BUILT_IN_POLICY);
  });

  test('prints the policy in force, with the defaults of what the file leaves out', async () => {
    const { stdout } = await vice(['show', '--policy', await written('small.json', '{"limits":{"cpu":"8"}}')]);
    expect(parse(stdout)).toEqual({ ...BUILT_IN_POLICY, limits: { ...BUILT_IN_POLICY.limits, cpu: '8' } });
  });
});

describe('vice policy ends with 2', () => {
  test('for a policy with faults, and tells all of them', async () => {
    const policy = await written('faulty.yaml', 'limits: { cpu: lots, depth: 99 }\nimage: {}\nhosts: { domains: cyverse.run }\n');
    const { code, stdout, stderr } = await vice(['check', EXAMPLE, '--policy', policy]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const paths = stderr.split('\n').flatMap((line) => /^ {2}(\S+) in /.exec(line)?.[1] ?? []);
    expect(paths.toSorted()).toEqual(['hosts.domains', 'image', 'limits.cpu', 'limits.depth']);
  });

  test.each([
    ['a policy that is not there', ['show', '--policy', '/nowhere.yaml'], 'cannot be read: there is no such file'],
    ['a policy that is no YAML', ['show', '--policy', join(ROOT, 'README.md')], 'is not YAML'],
    ['neither check nor show', ['list'], 'must be check or show, not "list"'],
    ['nothing at all', [], 'is required: check or show'],
    ['no document', ['check'], 'FILE'],
    ['a document to show', ['show', EXAMPLE], 'is not expected here'],
    ['an unknown flag', ['check', EXAMPLE, '--polcy', NARROW], 'did you mean --policy?'],
    ['a configuration that is not there', ['check', EXAMPLE, '--config', '/nowhere.yml'], 'no such file'],
  ])('for %s', async (_, args, told) => {
    expect(await vice(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(told) });
  });

  test('for a policy that says one key twice', async () => {
    const policy = await written('twice.yaml', 'limits:\n  cpu: "1"\n  cpu: "2"\n');
    expect((await vice(['show', '--policy', policy])).stderr).toContain('line 3');
  });
});
