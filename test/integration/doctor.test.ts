import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seal } from '../../src/adapters/keys/envelope.ts';
import { keyRingIn, newKeyLine } from '../../src/adapters/keys/key-ring.ts';
import { placeOf } from '../../src/adapters/keys/vault.ts';
import { authority } from '../support/certificates.ts';
import { vice } from '../support/command.ts';
import { database, type Site, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';

setDefaultTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'vice-doctor-'));
const config = join(import.meta.dir, '../golden/config.yaml');
let site: Site;
let uri: string;
let db: ReturnType<typeof database>;

beforeAll(async () => {
  [site, uri] = await Promise.all([startSite('east'), freshDatabase()]);
  db = database(uri);
});
afterAll(async () => {
  await Promise.all([site.stop(), db.close()]);
  rmSync(folder, { recursive: true });
});

interface Told {
  readonly code: number;
  readonly err: string;
  readonly of: string;
  /** `outcome check: says`. */
  readonly lines: readonly string[];
  readonly findings: readonly { readonly check: string; readonly outcome: string; readonly says: string; readonly todo?: string }[];
}

async function doctor(args: readonly string[], env: Readonly<Record<string, string>> = { DISCOENV_DB_URI: uri }): Promise<Told> {
  const { code, out, err } = await vice(['doctor', '--dotenv-path', '/dev/null', '-o', 'json', ...args], { env });
  const { of, findings } = JSON.parse(out);
  return { code, err, of, findings, lines: findings.map((one: Told['findings'][number]) => `${one.outcome} ${one.check}: ${one.says}`) };
}
const written = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const register = (name: string, url: string, more: Readonly<Record<string, string | boolean | Uint8Array>> = {}) =>
  db.sql`INSERT INTO vice_clusters ${db.sql({ name, deployer_url: url, ...more })}`;

test('a database without tables is wrong, and a platform that works is well', async () => {
  const before = await doctor(['--config', config]);
  expect(before.code).toBe(1);
  expect(before.lines).toContainEqual(expect.stringMatching(/^wrong migrations: missing: .*vice_clusters/));
  expect(before.lines).toContainEqual(expect.stringMatching(/^warning jobs.cluster_id: is missing/));
  expect((await vice(['migrate', '--config', config, '--dotenv-path', '/dev/null'], { env: { DISCOENV_DB_URI: uri } })).code).toBe(0);
  const none = await doctor(['--config', config]);
  expect(none.lines).toContain('warning clusters: none is registered: no launch can succeed');
  await register('east', site.deployerUrl);
  const after = await doctor(['--config', config]);
  expect([after.code, after.err, after.of]).toEqual([0, '', 'coordinator']);
  expect(after.lines.map((line) => line.replace(/\d+ ms|PostgreSQL \S+|\d+ are|, version .*/g, '…'))).toEqual([
    'ok configuration: can be read',
    'ok database: … answers vice in …',
    'ok migrations: all … there',
    'ok jobs.cluster_id: is there',
    'ok LISTEN/NOTIFY: a change is heard after …',
    'note encryption keys: none is configured, and none is needed',
    'ok cluster east: its deployer answers…',
    'note who may call: the coordinator asks nobody who they are',
  ]);
  const table = await vice(['doctor', '--config', config, '--dotenv-path', '/dev/null'], { env: { DISCOENV_DB_URI: uri } });
  expect(table.out).toEndWith('\n\nnothing is wrong\n');
  expect(Math.max(...table.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('what is wrong with a cluster is told with what to do: dead, faulty, expired, its key lost', async () => {
  const ours = authority('ours');
  const old = ours.issue({ name: 'old', use: 'client', until: -60_000 });
  const line = newKeyLine(new Date());
  const ring = keyRingIn(line, 'test');
  const id = crypto.randomUUID();
  await register('dead', 'http://127.0.0.1:1');
  await register('off', 'http://127.0.0.1:1', { enabled: false });
  await register('faulty', 'ftp://x');
  await register('elsewhere', 'http://203.0.113.1:1', { enabled: false });
  await register('sealed', 'https://127.0.0.1:1', {
    id,
    mtls_enabled: true,
    ca_cert: ours.cert,
    client_cert: old.cert,
    client_key_encrypted: seal(old.key, placeOf(id), ring),
  });
  const lost = await doctor(['--config', config]);
  expect(lost.code).toBe(1);
  expect(lost.lines).toContain('wrong encryption keys: none opens the private keys of sealed');
  expect(lost.lines).toContainEqual(expect.stringMatching(/^wrong cluster dead: unreachable: .*cannot be reached/));
  expect(lost.lines).toContainEqual(expect.stringMatching(/^warning cluster off: unreachable, disabled: /));
  expect(lost.lines).toContainEqual(expect.stringMatching(/^wrong cluster faulty: has a faulty row: deployer_url/));
  expect(lost.lines).toContain('warning cluster elsewhere: a deployer elsewhere is spoken to in the clear');
  const key = written('keys', line);
  const found = await doctor(['--config', config, '--keys-file', key]);
  expect(found.lines).toContain('ok encryption keys: 1 configured; private keys that can be opened: 1');
  expect(found.lines).toContainEqual(expect.stringMatching(/^wrong cluster sealed: the certificate CN=old expired at /));
  expect(found.lines).toContainEqual(expect.stringMatching(/^warning cluster sealed: the certificate CN=ours expires in 0 days/));
  for (const { outcome, todo } of found.findings) if (outcome !== 'ok') expect(todo).toBeString();
  expect(JSON.stringify(found)).not.toContain('PRIVATE');
});

test('a database that is away, and a configuration with faults, are findings too, and passwords are in none', async () => {
  const away = await doctor(['--config', config], { DISCOENV_DB_URI: 'postgresql://de:canary@127.0.0.1:1/de' });
  expect([away.code, away.lines.at(-1)]).toEqual([1, expect.stringMatching(/^wrong database: .*ECONNREFUSED/)]);
  const faulty = await doctor(['--config', '/dev/null', '--registry-reload-seconds', '0'], { DISCOENV_DB_URI: 'canary' });
  expect([faulty.code, faulty.lines.every((line) => line.startsWith('wrong configuration: '))]).toEqual([1, true]);
  expect(faulty.lines).toContainEqual(expect.stringContaining('DISCOENV_DB_URI must be a URL'));
  expect(JSON.stringify([away, faulty])).not.toContain('canary');
  expect((await vice(['doctor', '--bogus'])).code).toBe(2);
  const issuer = ['--oidc-issuer', 'http://127.0.0.1:1/realm', '--oidc-audience', 'vice'];
  const closed = await doctor(['--config', config, ...issuer]);
  expect(closed.lines).toContainEqual(expect.stringMatching(/^wrong who may call: the issuer of tokens does not give its keys/));
  const deaf = await doctor(['--config', config], { DISCOENV_DB_URI: uri, DISCOENV_DB_LISTEN_URI: 'postgresql://de:x@127.0.0.1:1/de' });
  expect(deaf.lines).toContainEqual(expect.stringMatching(/^warning LISTEN\/NOTIFY: /));
});

/** A kube-apiserver by hand: what is asked here is what an account may do, which a sandbox does not know. */
function kubeApiserver(may: (line: string) => boolean, namespace: (name: string) => Response) {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/version') return Response.json({ gitVersion: 'v1.34.2' });
      if (pathname.startsWith('/api/v1/namespaces/')) return namespace(pathname.slice('/api/v1/namespaces/'.length));
      const { verb, resource, subresource, namespace: where = '*' } = Object(await request.json()).spec.resourceAttributes;
      return Response.json({ status: { allowed: may(`${verb} ${resource}${subresource ? `/${subresource}` : ''} ${where}`) } });
    },
  });
  const kubeconfig = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: server.url.origin, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'canary' } }],
  };
  return { server, kubeconfig: written('kubeconfig', JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...kubeconfig })) };
}
/** As a kube-apiserver says it. */
const absent = (name: string) => {
  const message = `namespaces "${name}" not found`;
  return Response.json({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404, reason: 'NotFound', message }, { status: 404 });
};

test('an account with the rights of the role is well, and each right that it lacks is named', async () => {
  const active = () => Response.json({ kind: 'Namespace', metadata: { name: 'vice-apps' }, status: { phase: 'Active' } });
  const whole = kubeApiserver(() => true, active);
  const well = await doctor(['--vice-namespace', 'vice-apps'], { VICE_KUBECONFIG: await Bun.file(whole.kubeconfig).text() });
  await whole.server.stop(true);
  expect([well.code, well.of, well.lines.map((line) => line.replace(/\d+ (ms|that)/, '… $1'))]).toEqual([
    0,
    'deployer',
    [
      'ok configuration: can be read',
      'ok kube-apiserver: v1.34.2 answers in … ms',
      'ok namespace vice-apps: is there',
      'ok rights: all … that a deployer needs',
      'note secrets: a deployer may not read Secrets, so they are not looked at',
    ],
  ]);
  const tls = authority('ours').issue({ name: 'west', use: 'server', hosts: ['localhost'] });
  const flags = ['--tls-cert', written('tls.crt', tls.cert), '--tls-key', written('tls.key', tls.key)];
  const lacking = kubeApiserver(
    (line) =>
      !['delete persistentvolumes *', 'get pods/log other', 'patch services other', 'list services other', 'get namespaces other'].includes(line),
    absent,
  );
  const poor = await doctor(['--kubeconfig', lacking.kubeconfig, '--vice-namespace', 'other', ...flags], {});
  const nowhere = await doctor(['--kubeconfig', lacking.kubeconfig, '--vice-namespace', 'nowhere'], {});
  expect(nowhere.lines).toContain('wrong namespace nowhere: is not there');
  await lacking.server.stop(true);
  expect([poor.code, poor.lines.slice(1, -1).filter((line) => !line.startsWith('ok'))]).toEqual([
    1,
    [
      'warning TLS: the certificate is good for 0 days',
      'note namespace other: this account may not look at namespaces, and a deployer need not',
      'wrong rights: may not list, patch services in other',
      'warning rights: may not get pods/log in other: there will be no logs',
      'wrong rights: may not delete persistentvolumes of the cluster',
    ],
  ]);
  const wrongPair = await doctor(['--kubeconfig', lacking.kubeconfig, ...flags.slice(0, 3), written('other.key', authority('x').key)], {});
  expect(wrongPair.lines).toContainEqual(expect.stringMatching(/^wrong TLS: .*other\.key does not belong to the certificate$/));
  const away = await doctor(['--kubeconfig', lacking.kubeconfig], {});
  expect([away.code, away.lines.at(-1)]).toEqual([1, expect.stringContaining('wrong kube-apiserver: ')]);
  expect(JSON.stringify([well, poor, away])).not.toContain('canary');
});
