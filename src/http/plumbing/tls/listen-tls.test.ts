import { afterEach, describe, expect, test } from 'bun:test';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import { authority } from '../../../../test/support/certificates.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import type { Listener, Serve } from '../listener.ts';
import type { Limits } from './limits.ts';
import { listenTls } from './listen-tls.ts';

const ca = authority('ca');
const pair = ca.issue({ name: 'deployer', use: 'server', hosts: ['127.0.0.1'] });
const client = ca.issue({ name: 'coordinator', use: 'client' });
const material = { ...pair, clientCa: ca.cert };
const listeners: Listener[] = [];
afterEach(async () => {
  for (const listener of listeners.splice(0)) {
    listener.cut();
    await listener.stop();
  }
});

const SOON: Limits = {
  handshakeMs: 150,
  headMs: 150,
  bodyMs: 150,
  stallMs: 150,
  idleMs: 150,
  refusedMs: 150,
  retiredMs: 150,
  mostConnections: 4,
  sweepMs: 20,
};
const NEVER = 60_000;
const patient: Limits = {
  handshakeMs: NEVER,
  headMs: NEVER,
  bodyMs: NEVER,
  stallMs: NEVER,
  idleMs: NEVER,
  refusedMs: NEVER,
  retiredMs: NEVER,
  mostConnections: 4,
  sweepMs: 20,
};

function listening(serveOne: Serve, limits: Limits): Listener {
  const source = { current: () => material, onChange: () => () => undefined };
  const listener = listenTls({ port: 0, hostname: '127.0.0.1', tls: { source, clientNames: [], limits } }, serveOne);
  listeners.push(listener);
  return listener;
}

const hello: Serve = () => Promise.resolve(new Response('hello'));

/** A connection that says `bytes`. Resolves with what came back when the server closed it. */
function closedAfter(port: number, bytes: string, readsAnswer = true): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1', ca: ca.cert, cert: client.cert, key: client.key }, () => socket.write(bytes));
    if (readsAnswer) socket.on('data', (data) => (answer += data));
    else socket.pause();
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

describe('a client is cut off that', () => {
  test('makes no handshake', async () => {
    const { port } = listening(hello, { ...patient, handshakeMs: 150 });
    const closed = new Promise((resolve) => {
      const socket = connectTcp(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', resolve);
    });
    await closed;
  });

  test.each([
    ['sends nothing', 'idleMs', ''],
    ['does not end its headers', 'headMs', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: '],
    ['sends nothing after an answer', 'idleMs', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ] as const)('%s', async (_, limit, bytes) => {
    const { port } = listening(hello, { ...patient, [limit]: 150 });
    await closedAfter(port, bytes);
  });

  test('does not end its body', async () => {
    const { port } = listening(async (request) => new Response(await request.text()), { ...patient, bodyMs: 150 });
    await closedAfter(port, 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc');
  });

  test('does not take its answer, and the answer is stopped', async () => {
    let isCancelled = false;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(1 << 16)),
        cancel: () => {
          isCancelled = true;
        },
      });
    const { port, pendingRequests } = listening(() => Promise.resolve(new Response(endless())), { ...patient, stallMs: 150 });
    void closedAfter(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', false);
    await waitFor(() => isCancelled && pendingRequests() === 0, { timeoutMs: 10_000, what: 'the answer to be stopped' });
  });

  test('is one too many', async () => {
    const { port } = listening(hello, { ...patient, mostConnections: 2 });
    const kept = [1, 2].map(() => closedAfter(port, ''));
    const first = await Promise.race([...kept, ...[1, 2].map(() => closedAfter(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))]);
    expect(first).toBe('');
  });

  test('is one too many of those that make no handshake', async () => {
    const { port } = listening(hello, { ...patient, mostConnections: 2 });
    const closed = new Promise((resolve) => {
      for (let count = 0; count < 3; count += 1)
        connectTcp(port, '127.0.0.1')
          .on('error', () => undefined)
          .on('close', resolve);
    });
    await closed;
  });
});

test('whoever is at work is not cut off, however long the work takes', async () => {
  const { port } = listening(
    async () => {
      await Bun.sleep(600); // longer than every limit
      return new Response('done');
    },
    { ...SOON },
  );
  expect(await closedAfter(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).toContain('done');
});

test('an answer streams: each part is out before the next one is made', async () => {
  const release = Promise.withResolvers<void>();
  async function* parts() {
    yield 'first';
    await release.promise;
    yield 'second';
  }
  const { port } = listening(() => Promise.resolve(new Response(parts())), patient);
  const answer = await fetch(`https://127.0.0.1:${port}/`, { tls: { ca: ca.cert, ...client } });
  const seen: string[] = [];
  for await (const chunk of answer.body ?? []) {
    seen.push(new TextDecoder().decode(chunk));
    release.resolve();
  }
  expect(seen).toEqual(['first', 'second']);
});

test('what is no HTTP, and what could be read in two ways, is 400 and reaches no handler', async () => {
  let handled = 0;
  const { port } = listening(() => {
    handled++;
    return Promise.resolve(new Response());
  }, patient);
  const post = 'POST / HTTP/1.1\r\nHost: localhost\r\n';
  for (const bytes of [
    'hello\r\n\r\n',
    `${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${post}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
    'CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'GET https://elsewhere/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n',
  ]) {
    expect(await closedAfter(port, bytes)).toMatch(/^(HTTP\/1\.1 400 .*)?/);
  }
  expect(handled).toBe(0);
});
