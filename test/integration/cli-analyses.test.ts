import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { settled, vice } from '../support/command.ts';
import { launchBody } from '../support/launch-bodies.ts';
import { database, register, runCoordinator, type Site, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'vice-cli-'));
let site: Site;
let coordinator: Coordinator;
let db: ReturnType<typeof database>;

beforeAll(async () => {
  const uri = await freshDatabase();
  db = database(uri);
  [site, coordinator] = await Promise.all([startSite('east'), runCoordinator(uri)]);
  await register(coordinator.url, [{ name: 'east', url: site.proxy.url, profile: { domain: 'east.example.org' } }]);
});
afterAll(async () => {
  await Promise.all([coordinator.stop(), site.stop(), db.close()]);
  rmSync(folder, { recursive: true });
});

const ask = (...args: readonly string[]) => vice(args, { env: { VICE_COORDINATOR: coordinator.url } });
const ids = { first: randomUUID(), second: randomUUID() };

function bodyFile(id: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const path = join(folder, `${id}.json`);
  writeFileSync(path, JSON.stringify(launchBody({ top: { uuid: id, user_id: id, username: 'ipcdev', ...changes } })));
  return path;
}

test('a launch is waited for, and then shown with its cluster and its containers', async () => {
  const { code, out, err } = await ask('launch', bodyFile(ids.first), '--wait');
  expect([code, err]).toEqual([0, '']);
  const page = settled(out);
  expect(page).toMatch(/^analysis {4}ID\n/);
  expect(page).toMatch(/\ncluster {5}east\nhost {8}a[0-9a-f]{8}\.east\.example\.org\n/);
  expect(page).toMatch(/\nin cluster {2}running\npage {8}answers\n/);
  expect(page).toMatch(/\nCONTAINER +STATE +READY +RESTARTS +REASON\n/);
  const again = JSON.parse((await ask('launch', bodyFile(ids.first), '-o', 'json')).out);
  expect(again).toMatchObject({ external_id: ids.first, state: 'applied', attempt: 1, in_cluster: { answer: 'status' } });
});

test('analyses are listed on lines of 80 columns, and the filters choose among them', async () => {
  await ask('launch', bodyFile(ids.second));
  const { out } = await ask('status');
  const [head, row] = out.split('\n');
  expect(head).toBe(`${'ID'.padEnd(36)}  STATE    CLUSTER  USER    LAUNCHED`);
  expect(row).toMatch(/^[0-9a-f-]{36} {2}applied {2}east {5}ipcdev {2}\d+s ago$/);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  const found = async (...flags: readonly string[]) =>
    JSON.parse((await ask('status', ...flags, '-o', 'json')).out).analyses.map(({ external_id }: { external_id: string }) => external_id);
  expect(await found()).toEqual([ids.second, ids.first]);
  expect(await found('--user', ids.first)).toEqual([ids.first]);
  expect(await found('--user', 'ipcdev', '--cluster', 'east', '--limit', '1')).toEqual([ids.second]);
  expect(await found('--cluster', 'west')).toEqual([]);
  expect(await found('--state', 'stopped,failed')).toEqual([]);
  const wrong = await ask('status', '--state', 'happy');
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('state: must be all, or some of reserved, applying')]);
});

test('logs come from the deployer, and its refusals with them', async () => {
  const logs = await ask('logs', ids.first, '--tail', '1');
  expect(logs).toEqual({ code: 0, out: 'ready\n', err: '' });
  const document = JSON.parse((await ask('logs', ids.first, '-c', 'vice-proxy', '-o', 'json')).out);
  expect(document).toMatchObject({ container: 'vice-proxy', truncated: false });
  expect((await ask('logs', ids.first, '--timestamps', '--tail', '1')).out).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z ready\n$/);
  expect(await ask('logs', ids.first, '-c', 'nobody')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('nobody') });
  expect(await ask('logs', randomUUID())).toMatchObject({ code: 1, err: expect.stringContaining('there is no analysis') });
});

test('a cluster that does not answer is told apart from one that has nothing', async () => {
  site.proxy.intercept(async () => new Response('no', { status: 503 }));
  const away = await ask('status', ids.first);
  expect([away.code, away.out]).toEqual([0, expect.stringContaining('not known, the cluster does not answer: ')]);
  expect(JSON.parse((await ask('status', ids.first, '-o', 'json')).out).in_cluster.answer).toBe('unreachable');
  expect(await ask('logs', ids.first)).toMatchObject({ code: 1, out: '' });
  site.proxy.intercept((_, forward) => forward());
  await fetch(`${site.deployerUrl}/api/v1/deployments/${ids.second}`, { method: 'DELETE' });
  expect(JSON.parse((await ask('status', ids.second, '-o', 'json')).out).in_cluster).toEqual({ answer: 'gone' });
});

test('a log is followed until the analysis ends, and no line comes twice when the deployer breaks off', async () => {
  // The second answer begins with what the first one ended with, as every second that is asked for again.
  const answers = [['00:00:00.5Z once'], ['00:00:00.500000000Z once', '00:00:00.51Z twice']];
  const asked: (string | null)[] = [];
  site.proxy.intercept(async ({ path }, forward) => {
    if (!path.includes('/logs')) return forward();
    asked.push(new URLSearchParams(path.split('?')[1]).get('since-time'));
    const lines = answers.shift()?.map((line) => `{"line":"2020-01-01T${line}"}\n`);
    if (lines === undefined) return forward();
    const text = `{"pod":"p","container":"analysis","since_time":"1"}\n${lines.join('')}`;
    return new Response(text, { headers: { 'content-type': 'application/x-ndjson' } });
  });
  const following = ask('logs', ids.first, '-f');
  await waitFor(() => asked.length === 3, { timeoutMs: 30_000, what: 'the log to be asked for again' });
  const ended = ask('exit', ids.first, '--yes', '--wait');
  expect(await ended).toMatchObject({ code: 0, out: `${ids.first} is stopped\n`, err: '' });
  const { code, out, err } = await following;
  expect([code, err]).toEqual([0, '']);
  expect(out).toStartWith('once\ntwice\n');
  expect(out.match(/^ready$/gm)?.length ?? 0).toBeLessThanOrEqual(1);
  expect(asked.slice(0, 3)).toEqual([null, '1577836800', '1577836800']);
  site.proxy.intercept((_, forward) => forward());
  expect(site.objectsOf(ids.first)).toEqual([]);
});

test('what was refused is told with the reason, and an end is asked for', async () => {
  const refused = await ask('launch', bodyFile('NO-id', { user_id: ids.first }));
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('uuid must be lower case letters')]);
  expect(await ask('exit', ids.second)).toMatchObject({ code: 2, err: expect.stringContaining(`End the analysis ${ids.second} of ipcdev in east`) });
  expect(await ask('exit', randomUUID(), '--yes')).toMatchObject({ code: 1, err: expect.stringContaining('there is no analysis') });
  expect(await ask('status', ids.second, '--cluster', 'east')).toMatchObject({
    code: 2,
    err: expect.stringContaining('cannot be given together with an ID'),
  });
  const none = join(folder, 'none.json');
  writeFileSync(none, '{');
  expect(await ask('launch', none)).toMatchObject({ code: 1, err: expect.stringContaining('is no JSON') });
  const impossible = await ask('launch', bodyFile(randomUUID()), '--wait', '--timeout', '0');
  expect(impossible.code).toBe(2);
});

test('a launch that no cluster can take fails, and so does waiting for it', async () => {
  await vice(['clusters', 'disable', 'east'], { env: { VICE_COORDINATOR: coordinator.url } });
  const id = randomUUID();
  const { code, err } = await ask('launch', bodyFile(id), '--wait');
  expect([code, err]).toEqual([1, expect.stringContaining('east')]);
  expect((await ask('status', id)).out).toMatch(/\nstate +failed\nreason +no_cluster\n/);
});
