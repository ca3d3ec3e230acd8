import { afterEach, describe, expect, test } from 'bun:test';
import { type Authority, authority, type Pair } from '../../../test/support/certificates.ts';
import { ConfigurationError, UnavailableError } from '../../errors/errors.ts';
import { credentialsFrom } from './credentials.ts';
import { createTransport, type TransportOptions } from './transport.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

type Answer = (request: Request) => Response | Promise<Response>;

function server(answer: Answer, tls?: Bun.TLSOptions & { requestCert?: boolean; rejectUnauthorized?: boolean }): string {
  const started = Bun.serve({ port: 0, hostname: '127.0.0.1', reusePort: false, fetch: answer, ...(tls && { tls }) });
  stops.push(() => started.stop(true));
  return `${tls ? 'https' : 'http'}://127.0.0.1:${started.port}`;
}

interface Trust {
  readonly ca?: string;
  readonly client?: Pair;
  readonly token?: string;
  readonly serverName?: string;
}

function kubeconfig(url: string, { ca, client, token, serverName }: Trust = {}): string {
  const data = (pem: string) => Buffer.from(pem).toString('base64');
  const cluster = { server: url, ...(ca ? { 'certificate-authority-data': data(ca) } : {}), ...(serverName && { 'tls-server-name': serverName }) };
  const user = { ...(client && { 'client-certificate-data': data(client.cert), 'client-key-data': data(client.key) }), ...(token && { token }) };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: url.startsWith('http:') ? { ...cluster, 'insecure-skip-tls-verify': true } : cluster }],
    users: [{ name: 'u', user }],
  });
}

function transport(text: string, options: Partial<TransportOptions> = {}) {
  return createTransport({ credentials: credentialsFrom({ from: 'text', text }), tries: 1, ...options });
}

const call = { method: 'GET', path: '/api/v1/things', verb: 'list', what: 'Thing' } as const;
const signal = () => AbortSignal.timeout(10_000);
const failed = (status: number, reason: string, headers: Record<string, string> = {}) =>
  Response.json({ kind: 'Status', reason, message: `said ${reason}` }, { status, headers });

describe('TLS', () => {
  const trusted: Authority = authority('trusted');
  const foreign: Authority = authority('foreign');
  const serving = (hosts: readonly string[]) => trusted.issue({ name: 'api', use: 'server', hosts });
  const fine: Answer = () => Response.json({ fine: true });

  test('a server of another authority than the kubeconfig names is refused', async () => {
    const url = server(fine, serving(['127.0.0.1']));
    expect(await transport(kubeconfig(url, { ca: trusted.cert })).send(call, signal())).toEqual({ fine: true });
    const error = await transport(kubeconfig(url, { ca: foreign.cert }))
      .send(call, signal())
      .catch((err: unknown) => err);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toMatch(/certificate|SELF_SIGNED|UNABLE_TO/i);
  });

  test('a server whose certificate is for another name is refused, unless the kubeconfig says which name it has', async () => {
    const url = server(fine, serving(['kubernetes.internal']));
    await expect(transport(kubeconfig(url, { ca: trusted.cert })).send(call, signal())).rejects.toThrow(UnavailableError);
    const named = transport(kubeconfig(url, { ca: trusted.cert, serverName: 'kubernetes.internal' }));
    expect(await named.send(call, signal())).toEqual({ fine: true });
  });

  test("the kubeconfig's client certificate is sent, and without a right one there is no connection", async () => {
    const url = server(fine, { ...serving(['127.0.0.1']), ca: trusted.cert, requestCert: true, rejectUnauthorized: true });
    const client = trusted.issue({ name: 'deployer', use: 'client' });
    const rogue = foreign.issue({ name: 'deployer', use: 'client' });
    expect(await transport(kubeconfig(url, { ca: trusted.cert, client })).send(call, signal())).toEqual({ fine: true });
    await expect(transport(kubeconfig(url, { ca: trusted.cert, client: rogue })).send(call, signal())).rejects.toThrow(UnavailableError);
    await expect(transport(kubeconfig(url, { ca: trusted.cert })).send(call, signal())).rejects.toThrow(UnavailableError);
  });
});

test('a token is sent as a bearer, and credentials that are refused are read anew once', async () => {
  const seen: (string | null)[] = [];
  const url = server((request) => {
    seen.push(request.headers.get('authorization'));
    return seen.length === 1 ? failed(401, 'Unauthorized') : Response.json({});
  });
  await transport(kubeconfig(url, { token: 'hunter2' })).send(call, signal());
  expect(seen).toEqual(['Bearer hunter2', 'Bearer hunter2']);
});

test('a kubeconfig that cannot be read is a fault of the configuration', async () => {
  await expect(transport('{').send(call, signal())).rejects.toThrow(ConfigurationError);
  await expect(transport('apiVersion: v1').send(call, signal())).rejects.toThrow(ConfigurationError);
});

describe('what got no verdict is tried again', () => {
  test('a few times, then the last error is told', async () => {
    let count = 0;
    const url = server(() => {
      count += 1;
      return failed(500, 'InternalError');
    });
    await expect(transport(kubeconfig(url), { tries: 3, random: () => 0 }).send(call, signal())).rejects.toThrow('said InternalError');
    expect(count).toBe(3);
  });

  test('after the pause that the kube-apiserver asks for', async () => {
    const times: number[] = [];
    const url = server(() => {
      times.push(performance.now());
      return times.length === 1 ? failed(429, 'TooManyRequests', { 'retry-after': '1' }) : Response.json({});
    });
    await transport(kubeconfig(url), { tries: 2, random: () => 0 }).send(call, signal());
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(990);
  });

  test('but a verdict stands', async () => {
    let count = 0;
    const url = server(() => {
      count += 1;
      return failed(409, 'AlreadyExists');
    });
    await expect(transport(kubeconfig(url), { tries: 4 }).send(call, signal())).rejects.toThrow('said AlreadyExists');
    expect(count).toBe(1);
  });

  test('and not for a caller that has left', async () => {
    const left = new AbortController();
    const url = server(() => {
      left.abort();
      return failed(503, 'ServiceUnavailable');
    });
    await expect(transport(kubeconfig(url), { tries: 50 }).send(call, left.signal)).rejects.toThrow(UnavailableError);
  });
});

test('a silent kube-apiserver is given up on after the time limit', async () => {
  const url = server(() => new Promise<Response>(() => {}));
  await expect(transport(kubeconfig(url), { timeoutMs: 50 }).send(call, signal())).rejects.toThrow('did not answer');
});

test('a slow kube-apiserver is waited for longer with each try', async () => {
  const times: number[] = [];
  const url = server(() => {
    times.push(performance.now());
    return times.length < 3 ? new Promise<Response>(() => {}) : Response.json({});
  });
  await transport(kubeconfig(url), { timeoutMs: 300, tries: 3, random: () => 0 }).send(call, signal());
  const [first = 0, , third = 0] = times;
  expect(third - first).toBeGreaterThanOrEqual(300 + 600);
});

test('a kube-apiserver that is not there is told in plain words', async () => {
  const url = server(() => new Response());
  await stops.pop()?.();
  const sending = transport(kubeconfig(url), { tries: 1 }).send(call, signal());
  await expect(sending).rejects.toThrow(/the kube-apiserver did not answer: the connection was refused$/);
});

test('no more requests than allowed are under way at once, and all are answered', async () => {
  let now = 0;
  let most = 0;
  const url = server(async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    return Response.json({});
  });
  const limited = transport(kubeconfig(url), { concurrency: 4 });
  await Promise.all(Array.from({ length: 40 }, () => limited.send(call, signal())));
  expect(most).toBeLessThanOrEqual(4);
});
