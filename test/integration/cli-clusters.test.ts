import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { authority } from '../support/certificates.ts';
import { settled, vice } from '../support/command.ts';
import { runCoordinator, type Site, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';

setDefaultTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'vice-cli-'));
let site: Site;
let coordinator: Coordinator;

beforeAll(async () => {
  [site, coordinator] = await Promise.all([startSite('east'), freshDatabase().then((uri) => runCoordinator(uri))]);
});
afterAll(async () => {
  await Promise.all([coordinator.stop(), site.stop()]);
  rmSync(folder, { recursive: true });
});

const clusters = (...args: readonly string[]) => vice(['clusters', ...args], { env: { VICE_COORDINATOR: coordinator.url } });
const written = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

test('a cluster is registered, shown, changed, turned off and on, tested and deleted, by its name', async () => {
  expect(await clusters('list')).toEqual({
    code: 0,
    out: 'no cluster is registered; vice clusters register --name NAME --url URL registers one\n',
    err: '',
  });
  const profile = written('profile.yml', 'domain: east.example.org\n');
  const registered = await clusters('register', '--name', 'east', '--url', site.deployerUrl, '--priority', '10', '--disabled', '--profile', profile);
  expect({ ...registered, out: settled(registered.out) }).toEqual({
    code: 0,
    out: 'east is registered as ID\ndeployer: healthy\nit takes no launches until vice clusters enable east\n',
    err: '',
  });
  const dead = written('dead.json', JSON.stringify({ name: 'dead', deployer_url: 'http://127.0.0.1:1', priority: 5 }));
  expect((await clusters('register', '-f', dead, '--priority', '20')).out).toContain('unreachable: no sign of life');
  expect((await clusters('enable', 'east')).out).toBe('east takes launches\n');
  expect((await clusters('test', 'east')).code).toBe(0);
  expect(await clusters('test', 'dead')).toMatchObject({ code: 1, out: expect.stringMatching(/^dead: unreachable: /) });

  const listed = await clusters('list');
  expect(settled(listed.out).replace(site.deployerUrl, 'URL')).toBe(
    [
      'NAME  STATUS       PRIORITY  TLS  CHECKED  DEPLOYER',
      'east  healthy            10  no   AGO      http://HOST',
      'dead  unreachable        20  no   AGO      http://HOST',
      '',
      'dead: no sign of life: the deployer cannot be reached',
      '',
    ].join('\n'),
  );
  expect(Math.max(...listed.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);

  expect((await clusters('update', 'east', '--priority', '30', '--name', 'orient')).out).toBe('orient is changed: name, priority\n');
  const page = settled((await clusters('get', 'orient')).out);
  expect(page).toMatch(/^name {8}orient\nid {10}ID\nstatus {6}healthy\n/);
  expect(page).toEndWith('\nprofile\n  domain: east.example.org\n');
  expect((await clusters('disable', 'orient')).out).toBe('orient takes no more launches; analyses that run there go on\n');
  expect((await clusters('drain', 'orient')).code).toBe(0);
  const [{ id }] = JSON.parse((await clusters('list', '-o', 'json')).out).clusters.filter(({ name }: { name: string }) => name === 'orient');
  expect((await clusters('delete', id, '--yes')).out).toBe('orient is deleted\n');
  expect(settled((await clusters('reload')).out)).toStartWith('NAME  STATUS       PRIORITY');
  expect((await clusters('delete', 'dead', '-y')).code).toBe(0);
});

test('documents of every form are read by programs, and hold no colours', async () => {
  const made = JSON.parse((await clusters('register', '--name', 'a', '--url', site.deployerUrl, '-o', 'json')).out);
  expect(made).toMatchObject({ name: 'a', enabled: true, connection: { state: 'healthy' } });
  const json = JSON.parse((await clusters('list', '--output=json')).out);
  const yaml = parse((await clusters('list', '-o', 'yaml')).out);
  for (const { clusters: all } of [json, yaml]) expect(all).toEqual([expect.objectContaining({ id: made.id, name: 'a' })]);
  for (const form of ['json', 'yaml']) expect(parse((await clusters('get', 'a', '-o', form)).out).id).toBe(made.id);
  expect(JSON.parse((await clusters('delete', 'a', '--yes', '-o', 'json')).out)).toEqual({ id: made.id, name: 'a', deleted: true });
});

test('it is explained where an analysis would go, and a dead cluster is given up with a confirmation', async () => {
  await clusters('register', '--name', 'small', '--url', site.deployerUrl, '--profile', written('small.yml', 'capacity: { slots: 5 }\n'));
  await clusters('register', '--name', 'gone', '--url', 'http://127.0.0.1:1', '--priority', '200');
  await clusters('test', 'gone');
  const explained = await clusters('explain', '--cpu', '2');
  expect([explained.code, explained.out.split('\n')[0]]).toEqual([0, 'RANK  CLUSTER  ANALYSES  WHY']);
  expect(explained.out).toMatch(/^1 +small +0 of 5 +\S.*\n- +gone +0 +does not answer: .*\n\nstrategy: priority\n$/m);
  expect(await clusters('explain', '--gpus', '1', '--cluster', 'gone')).toMatchObject({
    code: 1,
    out: expect.stringContaining('small    0 of 5    is not the one that was asked for'),
  });
  expect(await clusters('forget', 'gone')).toMatchObject({ code: 2, err: expect.stringContaining('Give up the cluster gone') });
  expect(await clusters('forget', 'small', '--yes')).toMatchObject({ code: 1, err: expect.stringContaining('answers') });
  expect(await clusters('forget', 'gone', '--yes')).toMatchObject({ code: 0, out: 'gone is given up; analyses that ended there: 0\n' });
  for (const name of ['small', 'gone']) expect((await clusters('delete', name, '--yes')).code).toBe(0);
});

test('certificates come from a folder or from a Secret, keys are not shown, and a wrong pair is refused', async () => {
  const ours = authority('authority of a test');
  const client = ours.issue({ name: 'vice-coordinator', use: 'client' });
  await clusters('register', '--name', 'secure', '--url', 'https://127.0.0.1:1', '--disabled');
  const files = { 'ca.crt': ours.cert, 'tls.crt': client.cert, 'tls.key': client.key };
  for (const [name, text] of Object.entries(files)) written(name, text);
  const refused = await clusters('import-certs', 'secure', '--dir', folder);
  expect(refused).toEqual({
    code: 1,
    out: '',
    err: 'vice: the body cannot be kept:\n  client_key: cannot be stored: the coordinator has no encryption key (see --keys-file); give client_key_ref, or put the key into a file\n',
  });
  const data = Object.fromEntries(Object.entries({ ...files, 'tls.key': 'none' }).map(([name, text]) => [name, btoa(text)]));
  const secret = written('secret.json', JSON.stringify({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', data }));
  expect((await clusters('import-certs', 'secure', '-f', secret)).err).toContain('client_key');
  expect(await clusters('import-certs', 'secure', '-f', written('other.yml', 'kind: ConfigMap\n'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('is no manifest of a Secret'),
  });
  const trust = await clusters('update', 'secure', '--ca-cert', join(folder, 'ca.crt'));
  expect(trust).toMatchObject({ code: 0, out: 'secure is changed: ca_cert\n' });
  expect((await clusters('list')).out).toContain('secure: the authority CN=authority of a test expires in 0 days');
  expect((await clusters('delete', 'secure', '-y')).code).toBe(0);
});

test('what is wrong is told with what to do, and the exit code says whose fault it is', async () => {
  const twoFaults = await clusters('register', '--priority', '-1', '--enabled', '--disabled', '--name', 'x');
  expect(twoFaults.code).toBe(2);
  expect(twoFaults.err.split('\n').slice(1, 4)).toEqual([
    '  --priority: must be a whole number from 0 to 1000000, not "-1"',
    '  --disabled: cannot be given together with --enabled',
    '  --url: is required, or a file (-f)',
  ]);
  expect(await clusters('lsit')).toMatchObject({ code: 2, err: 'vice: there is no vice clusters lsit; did you mean list?\n' });
  expect(await clusters('get', 'nowhere')).toMatchObject({ code: 1, err: 'vice: there is no cluster nowhere; none is registered\n' });
  expect((await clusters('update', 'nowhere')).code).toBe(2);
  const refused = await clusters('register', '--name', 'x', '--url', 'http://10.0.0.1/?a=b');
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('deployer_url: must be an http or https URL')]);
  await clusters('register', '--name', 'x', '--url', site.deployerUrl);
  expect(await clusters('delete', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('--yes: is required: Delete the cluster x') });
  const nobody = await vice(['clusters', 'list', '--coordinator', 'http://127.0.0.1:1']);
  expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('no connection to the coordinator at http://127.0.0.1:1 (--coordinator')]);
});

test('a token is sent as a bearer token to the coordinator alone, and shown nowhere', async () => {
  const seen: (string | null)[] = [];
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => {
      seen.push(request.headers.get('authorization'));
      return Response.redirect('http://127.0.0.1:1/');
    },
  });
  const token = written('token', 'canary-1234\n');
  const { code, out, err } = await vice(['clusters', 'list', '--coordinator', server.url.origin, '--token-file', token]);
  await server.stop(true);
  expect([code, seen]).toEqual([1, ['Bearer canary-1234']]);
  expect(err).toContain('answered 302, and not as a coordinator does');
  expect(out + err).not.toContain('canary');
  const broken = await vice(['clusters', 'list', '--token-file', written('tokens', 'canary one\ncanary two\n')]);
  expect([broken.code, broken.err.includes('canary')]).toEqual([2, false]);
});

test('a coordinator behind TLS is trusted by the authority that is named, and no other', async () => {
  const ours = authority('ours');
  const { cert, key } = ours.issue({ name: 'coordinator', use: 'server', hosts: ['127.0.0.1'] });
  const front = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    tls: { cert, key },
    fetch: (request) => fetch(`${coordinator.url}${new URL(request.url).pathname}`),
  });
  const url = `https://127.0.0.1:${front.port}`;
  const list = (ca: string) => vice(['clusters', 'list', '-o', 'json', '--coordinator', url, '--coordinator-ca', written('front.crt', ca)]);
  expect(JSON.parse((await list(ours.cert)).out)).toHaveProperty('clusters');
  expect(await list(authority('another').cert)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/no connection .*(VERIFY|CERT)/) });
  expect(await list('none')).toMatchObject({ code: 2, err: expect.stringContaining('is not PEM') });
  await front.stop(true);
});
