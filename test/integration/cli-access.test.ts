import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { vice } from '../support/command.ts';
import { AUDIENCE, type Issuer, roles, startIssuer } from '../support/issuer.ts';
import { runCoordinator } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';

setDefaultTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'vice-cli-'));
let issuer: Issuer;
let coordinator: Coordinator;

beforeAll(async () => {
  issuer = await startIssuer();
  coordinator = await runCoordinator(await freshDatabase(), { flags: ['--oidc-issuer', issuer.url, '--oidc-audience', AUDIENCE] });
});
afterAll(async () => {
  await coordinator.stop();
  await issuer.stop();
  rmSync(folder, { recursive: true });
});

/** A command with a token of these roles, from a file that `VICE_TOKEN_FILE` names. */
async function as(roleNames: readonly string[] | undefined, ...args: readonly string[]) {
  const path = join(folder, 'token');
  const token = roleNames === undefined ? '' : await issuer.token({ claims: roles(...roleNames) });
  writeFileSync(path, `${token}\n`);
  const env = { VICE_COORDINATOR: coordinator.url, ...(roleNames !== undefined && { VICE_TOKEN_FILE: path }) };
  const ended = await vice(args, { env });
  if (token !== '') expect(ended.out + ended.err).not.toContain(token);
  return ended;
}

test('a coordinator that asks for tokens gets one from a file, and what a role may not do is told', async () => {
  const register = ['clusters', 'register', '--name', 'west', '--url', 'http://127.0.0.1:1', '--disabled'];
  const nobody = await as(undefined, ...register);
  expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('the coordinator asks for a token that it accepts (--token-file)')]);
  const viewer = await as(['vice-viewer'], ...register);
  expect([viewer.code, viewer.err]).toEqual([1, 'vice: this needs the role of an operator; the token does not allow this\n']);
  expect((await as(['vice-operator'], ...register)).code).toBe(0);
  expect((await as(['vice-viewer'], 'clusters', 'list')).out).toContain('west');
  expect((await as(['vice-viewer'], 'status')).out).toBe('there is no such analysis; those that have ended are listed with --state all\n');
  expect((await as(['vice-viewer'], 'clusters', 'delete', 'west', '--yes')).code).toBe(1);
  expect((await as(['vice-operator'], 'clusters', 'delete', 'west', '--yes')).out).toBe('west is deleted\n');
});
