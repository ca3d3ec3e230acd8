import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vice } from '../support/command.ts';
import { type CoordinatorProgram, startCoordinatorProgram } from '../support/coordinator-program.ts';
import { AUDIENCE, type Issuer, roles, startIssuer } from '../support/issuer.ts';
import { send } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';

setDefaultTimeout(120_000);

// The program as an operator runs it, and the commands that an operator has for it.
const folder = mkdtempSync(join(tmpdir(), 'vice-access-'));
const tokens: string[] = [];
let issuer: Issuer;
let coordinator: CoordinatorProgram;

beforeAll(async () => {
  issuer = await startIssuer();
  coordinator = await startCoordinatorProgram(await freshDatabase(), ['--oidc-issuer', issuer.url, '--oidc-audience', AUDIENCE]);
});
afterAll(async () => {
  await coordinator.kill('SIGTERM');
  await issuer.stop();
  rmSync(folder, { recursive: true });
});

/** A file with the token of somebody. */
async function tokenFile(subject: string, role: string): Promise<string> {
  const token = await issuer.token({ claims: { sub: subject, ...roles(role) } });
  tokens.push(token);
  const path = join(folder, subject);
  writeFileSync(path, `${token}\n`);
  return path;
}

const clusters = (...args: readonly string[]) => vice(['clusters', ...args, '--coordinator', coordinator.url]);
const registering = ['register', '--name', 'west', '--url', 'http://127.0.0.1:1', '--disabled'];

test('an operator registers a cluster, a viewer sees it, and whoever shows no token is told that one is needed', async () => {
  const [operator, viewer] = [await tokenFile('olga', 'vice-operator'), await tokenFile('victor', 'vice-viewer')];
  const refused = await clusters(...registering);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('token')]);
  const forbidden = await clusters(...registering, '--token-file', viewer);
  expect([forbidden.code, forbidden.err]).toEqual([1, expect.stringContaining('operator')]);
  const registered = await clusters(...registering, '--token-file', operator);
  expect([registered.code, registered.err]).toEqual([0, expect.anything()]);
  expect((await clusters('list', '--token-file', viewer)).out).toContain('west');
});

test('the audit names who registered it', async () => {
  const answer = await fetch(`${coordinator.url}/api/v1/audit`, { headers: { authorization: `Bearer ${await issuer.token()}` } });
  expect(await answer.json()).toMatchObject({ entries: [{ action: 'register', subject: 'olga', peer: '127.0.0.1', cluster_name: 'west' }] });
});

test('the Discovery Environment and probes need none', async () => {
  expect((await send(`${coordinator.url}/vice/launch`, {})).status).toBe(400);
  for (const path of ['/', '/livez', '/readyz', '/metrics', '/openapi.json'])
    expect([path, (await fetch(`${coordinator.url}${path}`)).status]).toEqual([path, 200]);
});

test('every guarded operation is told as such in the OpenAPI document', async () => {
  interface Operation {
    readonly security?: unknown;
    readonly responses: Record<string, unknown>;
  }
  const { paths } = (await (await fetch(`${coordinator.url}/openapi.json`)).json()) as { paths: Record<string, Record<string, Operation>> }; // of that form
  for (const [path, operations] of Object.entries(paths)) {
    const isGuarded = path.startsWith('/api/') || path.startsWith('/vice/admin/');
    for (const { security, responses } of Object.values(operations)) {
      expect([path, security !== undefined, '401' in responses, '403' in responses]).toEqual([path, isGuarded, isGuarded, isGuarded]);
    }
  }
});

test('while the issuer is away, its last keys serve; no token was ever written down', async () => {
  const token = await issuer.token();
  await issuer.stop();
  expect((await fetch(`${coordinator.url}/api/v1/clusters`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  const told = coordinator.output();
  expect(told).toContain('asked for its keys in the clear');
  expect(told).toContain('"subject":"olga"');
  for (const part of [...tokens, token].flatMap((each) => each.split('.'))) expect(told.includes(part)).toBe(false);
});
