import { afterEach, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { createServer, type TLSSocket } from 'node:tls';
import { createDeployerClient } from '../../src/adapters/deployer-client/deployer-client.ts';
import { lineWith } from '../../src/adapters/deployer-client/line.ts';
import { ClusterTls } from '../../src/cluster-registry/cluster-tls.ts';
import type { Apply } from '../../src/coordinator/ports.ts';
import { DeployerAuthError, DeployerUnreachableError } from '../../src/errors/errors.ts';
import { createApp } from '../../src/http/plumbing/app.ts';
import { serve } from '../../src/http/plumbing/serve.ts';
import { deployers } from '../../src/modes/deployers.ts';
import type { ClusterId, ExternalId } from '../../src/schema/ids.ts';
import { capturedLog } from '../support/captured-log.ts';
import { authority, type Issue, type Pair } from '../support/certificates.ts';
import { waitFor } from '../support/wait-for.ts';

const ca = authority('ca');
const foreign = authority('foreign');
const issued = (changes: Partial<Issue> = {}, from = ca) => from.issue({ name: 'x', use: 'server', hosts: ['127.0.0.1'], ...changes });
const client = (changes: Partial<Issue> = {}, from = ca) => issued({ use: 'client', hosts: [], name: 'coordinator', ...changes }, from);
const id = 'f0f0' as ExternalId; // a DNS label, which is all that the brand promises
const request: Apply = { external_id: id, spec: '{}', spec_hash: 'abc', attempt: 1 };
const signal = new AbortController().signal;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A deployer that takes everything, and how many specs it got. */
function deployer(pair: Pair, options: { clientNames?: readonly string[]; isOpen?: boolean; clientCa?: string } = {}) {
  const { clientNames = [], isOpen = false, clientCa = ca.cert } = options;
  const seen = { specs: 0 };
  const handle = (asked: Request) => {
    if (asked.method === 'POST') seen.specs++;
    return Promise.resolve(Response.json({ status: 'healthy', external_id: id, phase: 'pending', attempt: 1, spec_hash: 'abc' }));
  };
  const material = { ...pair, ...(!isOpen && { clientCa }) };
  const source = { current: () => material, onChange: () => () => undefined };
  const serving = serve({ handle }, { port: 0, hostname: '127.0.0.1', maxBodyBytes: 1_000, tls: { source, clientNames } });
  stops.push(() => serving.stop(0));
  return { url: serving.url, seen };
}

const reaching = (url: string, tls: ClusterTls | undefined) => createDeployerClient(url, {}, Date.now, tls && lineWith(tls));

test('with the right certificates a launch arrives', async () => {
  const { url, seen } = deployer(issued());
  const tls = new ClusterTls({ ca: ca.cert, client: client() });
  expect(await reaching(url, tls).apply(request, signal)).toMatchObject({ spec_hash: 'abc' });
  expect(await reaching(url, tls).health(signal)).toMatchObject({ state: 'healthy' });
  expect(seen.specs).toBe(1);
});

test('TLS needs no client certificate where the deployer asks for none', async () => {
  const { url } = deployer(issued(), { isOpen: true });
  expect(await reaching(url, new ClusterTls({ ca: ca.cert })).health(signal)).toMatchObject({ state: 'healthy' });
});

describe('nothing is sent, and the reason told, when', () => {
  const HOUR = 3_600_000;
  const right = { ca: ca.cert, client: client() };
  const cases: readonly (readonly [string, Pair, ConstructorParameters<typeof ClusterTls>[0] | undefined, string])[] = [
    ['the deployer is of another authority', issued({}, foreign), right, 'not of the authority that is registered'],
    ['the deployer is of another authority with the same name', issued({}, authority('ca')), right, 'not of the authority that is registered'],
    ['the system knows nothing of its authority', issued(), undefined, 'not of the authority that is registered'],
    ['its certificate has expired', issued({ from: -2 * HOUR, until: -HOUR }), right, 'certificate has expired'],
    ['its certificate is not valid yet', issued({ from: HOUR, until: 2 * HOUR }), right, 'not valid yet'],
    ['its certificate is for another host', issued({ hosts: ['deployer.example.org'] }), right, 'not for the host of its URL'],
    ['its certificate is not for servers', issued({ use: 'client' }), right, 'not for use by a server'],
    [
      'the client certificate is of another authority',
      issued(),
      { ca: ca.cert, client: client({}, foreign) },
      'does not let in the client certificate',
    ],
    [
      'the client certificate has expired',
      issued(),
      { ca: ca.cert, client: client({ from: -2 * HOUR, until: -HOUR }) },
      'registered for the cluster expired',
    ],
    [
      'the client certificate is not valid yet',
      issued(),
      { ca: ca.cert, client: client({ from: HOUR, until: 2 * HOUR }) },
      'registered for the cluster is not valid before',
    ],
    ['the client certificate is not for clients', issued(), { ca: ca.cert, client: client({ use: 'server' }) }, 'not for use by a client'],
    ['there is no client certificate', issued(), { ca: ca.cert }, 'none is registered for the cluster'],
  ];
  for (const [when, pair, texts, reason] of cases) {
    test(when, async () => {
      const { url, seen } = deployer(pair);
      const reached = reaching(url, texts && new ClusterTls(texts));
      const err = await reached.apply(request, signal).catch((caught: unknown) => caught);
      expect(err).toBeInstanceOf(DeployerAuthError);
      expect(err).toBeInstanceOf(DeployerUnreachableError); // so that a launch goes on to the next cluster
      expect(String(err)).toContain(reason);
      expect(await reached.health(signal)).toEqual({ state: 'auth_failed', reason: expect.stringContaining(reason) });
      expect(seen.specs).toBe(0);
    });
  }
});

test('a deployer that is not there is unreachable, whatever the certificates', async () => {
  const { url } = deployer(issued());
  await stops.pop()?.();
  expect(await reaching(url, new ClusterTls({ ca: ca.cert, client: client() })).health(signal)).toMatchObject({ state: 'unreachable' });
});

test('new certificates are used by the next request', async () => {
  const { url } = deployer(issued());
  const reached = deployers();
  const cluster = (tls: ClusterTls) => ({ id: 'c' as ClusterId, deployer_url: url, tls }); // nobody looks at it
  const first = new ClusterTls({ ca: ca.cert, client: client({ name: 'first' }) });
  const one = reached(cluster(first));
  expect(reached(cluster(first))).toBe(one);
  expect(await one.health(signal)).toMatchObject({ state: 'healthy' });
  const second = reached(cluster(new ClusterTls({ ca: ca.cert, client: client({ name: 'second' }, foreign) })));
  expect(await second.health(signal)).toMatchObject({ state: 'auth_failed' });
});

describe('a certificate that made it through the handshake and is not let in is told apart as well, when', () => {
  const told = async (options: { clientNames?: readonly string[]; crl?: string }, pair: Pair) => {
    const { clientNames = [], crl } = options;
    const app = createApp({ log: capturedLog().log, metrics: { answered: () => undefined, exposition: () => Promise.reject(new Error('unused')) } });
    app.get('/api/v1/health', () => Response.json({ status: 'healthy' }));
    const material = { ...issued(), clientCa: ca.cert, ...(crl !== undefined && { crl }) };
    const source = { current: () => material, onChange: () => () => undefined };
    const serving = serve(app, { port: 0, hostname: '127.0.0.1', maxBodyBytes: 1_000, tls: { source, clientNames } });
    stops.push(() => serving.stop(0));
    return reaching(serving.url, new ClusterTls({ ca: ca.cert, client: pair })).health(signal);
  };

  test('it is revoked', async () => {
    const pair = client();
    expect(await told({ crl: ca.revoke(pair.cert) }, pair)).toEqual({ state: 'auth_failed', reason: expect.stringContaining('revoked') });
  });

  test('it has none of the names that are pinned', async () => {
    expect(await told({ clientNames: ['vice-coordinator'] }, client({ name: 'other' }))).toEqual({
      state: 'auth_failed',
      reason: expect.stringContaining('it has other'),
    });
  });
});

describe('when certificates change', () => {
  /** A server that answers each request when it is told to, and knows how many connections each client has open. */
  async function counting(answers: () => Promise<void> = () => Promise.resolve()) {
    const open = new Map<string, number>();
    const count = (socket: TLSSocket, by: number) => {
      const who = socket.getPeerX509Certificate()?.subject ?? 'nobody';
      open.set(who, (open.get(who) ?? 0) + by);
      return who;
    };
    const server = createServer({ ...issued(), ca: ca.cert, requestCert: true, rejectUnauthorized: true }, (socket) => {
      const who = count(socket, 1);
      socket.on('close', () => open.set(who, (open.get(who) ?? 0) - 1));
      socket.on('error', () => undefined);
      socket.on('data', async () => {
        await answers();
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"status":"healthy"}');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stops.push(async () => void server.close());
    const address = server.address();
    const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const reached = deployers();
    const healthOf = (of: string, name: string) =>
      reached({ id: of as ClusterId, deployer_url: url, tls: new ClusterTls({ ca: ca.cert, client: client({ name }) }) }).health(signal); // nobody looks at the id
    return { open, healthOf };
  }
  const closed = (open: ReadonlyMap<string, number>, who: string) =>
    waitFor(() => open.get(who) === 0, { timeoutMs: 5_000, what: `the connection of ${who} to be closed` });

  test('connections with the old ones are closed within five seconds, and no cluster uses those of another', async () => {
    const { open, healthOf } = await counting();
    await Promise.all([healthOf('one', 'old'), healthOf('two', 'other')]);
    expect(Object.fromEntries(open)).toEqual({ 'CN=old': 1, 'CN=other': 1 });
    await healthOf('one', 'new');
    await closed(open, 'CN=old');
    expect([open.get('CN=new'), open.get('CN=other')]).toEqual([1, 1]);
  });

  test('a request that is under way is answered, and its connection closed within five seconds after it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const held = [promise];
    const { open, healthOf } = await counting(() => held.pop() ?? Promise.resolve());
    const old = healthOf('one', 'old');
    await waitFor(() => held.length === 0, { timeoutMs: 10_000, what: 'the request to arrive' });
    await healthOf('one', 'new');
    resolve();
    expect(await old).toMatchObject({ state: 'healthy' });
    await closed(open, 'CN=old');
  });
});

test('a private key is in nothing that prints, compares or serialises', () => {
  const pair = client();
  const tls = new ClusterTls({ ca: ca.cert, client: pair });
  const secret = pair.key.split('\n')[1] ?? '';
  for (const text of [JSON.stringify(tls), Bun.inspect(tls), String(tls), JSON.stringify({ ...tls }), Bun.inspect({ deep: [{ tls }] })]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain('PRIVATE');
  }
});
