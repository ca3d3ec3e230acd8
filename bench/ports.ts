import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1');
  return address.port;
}

/** Settles as soon as a connection is accepted; looks every half millisecond. @throws after `timeoutMs`, or when `isHopeless` says so */
export async function accepts(port: number, timeoutMs: number, isHopeless: () => boolean = () => false): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (!(await isAccepted(port))) {
    if (isHopeless()) throw new Error(`the program that was to listen on port ${port} has ended`);
    if (performance.now() > until) throw new Error(`nobody listened on port ${port} within ${timeoutMs} ms`);
    await delay(0.5);
  }
}

function isAccepted(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
