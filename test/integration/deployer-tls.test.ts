import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { createStandalone, type Standalone } from '../../src/modes/standalone.ts';
import { type SandboxGround, sandboxGround } from '../contract/sandbox-ground.ts';
import { type CapturedLog, capturedLog } from '../support/captured-log.ts';
import { type Authority, authority, type Pair } from '../support/certificates.ts';
import { waitFor } from '../support/wait-for.ts';

const ca = authority('ca');
const server = () => ca.issue({ name: 'deployer', use: 'server', hosts: ['127.0.0.1'] });
const coordinator = (from: Authority = ca) =>
  from.issue({ name: 'vice-coordinator', use: 'client', hosts: ['spiffe://example.org/vice-coordinator'] });

let ground: SandboxGround;
const stops: (() => unknown)[] = [];
beforeAll(async () => {
  ground = await sandboxGround();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => ground.stop());

interface Deployer extends Standalone, CapturedLog {
  write(files: { cert?: string; key?: string; clientCa?: string; crl?: string }): void;
}

async function deployer(
  options: { readonly clientNames?: readonly string[]; readonly pair?: Pair; readonly probePort?: number; readonly asksForNone?: boolean } = {},
): Promise<Deployer> {
  const folder = mkdtempSync(join(tmpdir(), 'vice-tls-'));
  stops.push(() => rmSync(folder, { recursive: true }));
  const paths = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key'), clientCa: join(folder, 'ca.crt'), crl: join(folder, 'crl.pem') };
  const write: Deployer['write'] = (files) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(paths[name as keyof typeof paths], text); // the keys of `files` are keys of `paths`
  };
  write({ ...(options.pair ?? server()), clientCa: ca.cert, crl: ca.revoke() });
  const captured = capturedLog();
  const { clientNames = [], probePort } = options;
  const probes = probePort === undefined ? {} : { probePort };
  const ofClients = options.asksForNone === true ? {} : { clientCaFile: paths.clientCa, crlFile: paths.crl };
  const tlsFiles = { certFile: paths.cert, keyFile: paths.key, ...ofClients, clientNames, ...probes };
  const standalone = createStandalone({ ...ground.config, tlsFiles }, captured.log);
  stops.push(() => standalone.stop());
  await standalone.connected;
  return { ...standalone, ...captured, write };
}

const get = (url: string, client: Pair | undefined, authorities = ca.cert) =>
  fetch(`${url}/livez`, { tls: { ca: authorities, ...(client && { cert: client.cert, key: client.key }) }, keepalive: false });

/** A connection that is kept open, after a first request on it. */
async function kept(url: string, client: Pair): Promise<{ readonly socket: TLSSocket; readonly closed: Promise<number> }> {
  const { port } = new URL(url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', ca: ca.cert, cert: client.cert, key: client.key });
  stops.push(() => socket.destroy());
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => socket.on('close', () => resolve(performance.now())));
  const answered = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await answered).toStartWith('HTTP/1.1 200');
  return { socket, closed };
}

/** From now until it is closed. A rotation is to be through within five seconds. */
async function msUntil(closed: Promise<number>): Promise<number> {
  const started = performance.now();
  return (await closed) - started;
}

test('without an authority of clients everybody is let in, over TLS alone, and a certificate that is shown all the same is of no account', async () => {
  const { url } = await deployer({ asksForNone: true });
  expect((await get(url, undefined)).status).toBe(200);
  expect((await get(url, coordinator(authority('foreign')))).status).toBe(200);
  await expect(get(url, undefined, authority('foreign').cert)).rejects.toThrow();
  await expect(fetch(`${url.replace('https:', 'http:')}/livez`)).rejects.toThrow();
});

test('the access log says who calls', async () => {
  const { url, lines } = await deployer();
  await fetch(`${url}/api/v1/deployments`, { tls: { ca: ca.cert, ...coordinator() } });
  expect(lines.find(({ path }) => path === '/api/v1/deployments')).toMatchObject({
    status: 200,
    client: { subject: 'CN=vice-coordinator', uri: 'spiffe://example.org/vice-coordinator', fingerprint: expect.stringMatching(/^([0-9A-F:]{95})$/) },
  });
});

test('probes are answered in the clear on a port of their own, and nothing else is', async () => {
  const { lines } = await deployer({ probePort: 0 });
  const url = lines.find(({ message }) => message === 'answering probes in the clear')?.['url'];
  const status = async (path: string, init: RequestInit = {}) => (await fetch(`${url}${path}`, init)).status;
  expect(await status('/livez')).toBe(200);
  await waitFor(async () => (await status('/readyz')) === 200, { timeoutMs: 10_000, what: 'the deployer to be ready' });
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('vice_deployer_synced 1');
  for (const path of [
    '/api/v1/deployments',
    '/api/v1/capabilities',
    '/api/v1/health',
    '/openapi.json',
    '/',
    '/livez/../api/v1/deployments',
    '/livez%2f..%2fapi%2fv1%2fdeployments',
  ]) {
    expect([path, await status(path)]).toEqual([path, 404]);
  }
  expect(await status('/livez', { method: 'POST', body: '{}' })).toBe(404);
});

test('names can be pinned, and whoever has none of them is told so', async () => {
  const { url } = await deployer({ clientNames: ['spiffe://example.org/vice-coordinator'] });
  expect((await get(url, coordinator())).status).toBe(200);
  const refused = await get(url, ca.issue({ name: 'somebody', use: 'client' }));
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: 'client_refused', detail: expect.stringContaining('it has somebody') });
});

describe('without a restart', () => {
  test('a new certificate is shown to new connections, and those that were made with the former one end within five seconds', async () => {
    const deployed = await deployer();
    const { closed } = await kept(deployed.url, coordinator());
    const fresh = authority('fresh');
    deployed.write(fresh.issue({ name: 'deployer', use: 'server', hosts: ['127.0.0.1'] }));
    const shows = () =>
      get(deployed.url, coordinator(), fresh.cert).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitFor(shows, { timeoutMs: 5_000, what: 'the new certificate' });
    expect(await msUntil(closed)).toBeLessThan(5_000);
  }, 15_000);

  test('a request on a connection of the former certificate is answered, and says that it is the last', async () => {
    const deployed = await deployer();
    const { socket, closed } = await kept(deployed.url, coordinator());
    deployed.write(server());
    const answers: string[] = [];
    socket.on('data', (data) => answers.push(String(data)));
    // Asked again and again, so that the connection is never idle.
    const asking = setInterval(() => socket.writable && socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'), 50);
    await closed;
    clearInterval(asking);
    expect(answers.every((answer) => answer.startsWith('HTTP/1.1 200'))).toBe(true);
    expect(answers.at(-1)?.toLowerCase()).toContain('connection: close');
  }, 15_000);

  test('a client that is revoked loses its connection within five seconds, others keep theirs', async () => {
    const deployed = await deployer();
    const [good, bad] = [coordinator(), coordinator()];
    const [kept1, revoked] = [await kept(deployed.url, good), await kept(deployed.url, bad)];
    deployed.write({ crl: ca.revoke(bad.cert) });
    expect(await msUntil(revoked.closed)).toBeLessThan(5_000);
    expect(await Promise.race([kept1.closed.then(() => 'closed'), 'open'])).toBe('open');
    expect((await get(deployed.url, bad)).status).toBe(403);
    expect((await get(deployed.url, good)).status).toBe(200);
  }, 15_000);

  test('another authority of clients closes the connections of the former one within five seconds', async () => {
    const deployed = await deployer();
    const { closed } = await kept(deployed.url, coordinator());
    const fresh = authority('fresh');
    deployed.write({ clientCa: fresh.cert, crl: fresh.revoke() });
    expect(await msUntil(closed)).toBeLessThan(5_000);
    expect((await get(deployed.url, coordinator(fresh))).status).toBe(200);
    expect(get(deployed.url, coordinator())).rejects.toThrow();
  }, 15_000);

  test('a certificate that ends while its connection lasts ends the connection', async () => {
    const deployed = await deployer();
    const brief = ca.issue({ name: 'brief', use: 'client', until: 2_500 });
    const { closed } = await kept(deployed.url, brief);
    expect(await msUntil(closed)).toBeLessThan(7_500);
  }, 15_000);

  test('what cannot be used is told once, and the last good certificates stay', async () => {
    const deployed = await deployer();
    deployed.write({ key: server().key });
    const told = () => deployed.lines.some(({ message }) => String(message).includes('the last good ones stay'));
    await waitFor(told, { timeoutMs: 10_000, what: 'the log line' });
    expect(deployed.text()).toContain('does not belong to the certificate');
    expect(deployed.text()).not.toContain('PRIVATE KEY');
    expect((await get(deployed.url, coordinator())).status).toBe(200);
  }, 15_000);
});

test('a deployer does not start with certificates that cannot serve', () => {
  const wrong = ca.issue({ name: 'deployer', use: 'client' });
  expect(deployer({ pair: wrong })).rejects.toMatchObject({ name: 'ConfigurationError', faults: [{ path: '--tls-cert' }] });
  expect(deployer({ pair: { ...server(), key: wrong.key } })).rejects.toMatchObject({ faults: [{ path: '--tls-key' }] });
});
